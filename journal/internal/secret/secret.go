// Package secret finds what a journal must not keep: passwords, keys and tokens, by the names they are given and by how they look.
//
// A secret in a text becomes [Mask]; a file that is likely to be one is left out whole (see [File]).
package secret

import (
	"encoding/base64"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mask stands in the place of a secret.
const Mask = "[masked]"

var (
	// tokens are what services issue, which a prefix of their own tells from all else.
	tokens = regexp.MustCompile(`\b(?:gh[oprsu]_[A-Za-z0-9]{10,}|github_pat_\w{10,}|gl(?:pat|ptt|dt|rt)-[\w-]{10,}|hf_[A-Za-z0-9]{10,}|sk-[A-Za-z0-9](?:[\w-]*[A-Za-z0-9_]){15,}|` +
		`[rs]k_(?:live|test)_\w{8,}|xox[abeoprs]-[\w-]{8,}|(?:AKIA|ASIA)[0-9A-Z]{12,}|AIza[\w-]{20,}|ya29\.[\w-]{10,}|npm_[A-Za-z0-9]{20,}|pypi-[\w-]{20,}|` +
		`dop_v1_\w{20,}|dckr_pat_[\w-]{10,}|SG\.[\w-]{10,}\.[\w-]{10,}|AGE-SECRET-KEY-1\w{10,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{4,})`)
	// hints are what a text must hold for tokens to find something; looking for them is quick.
	hints = []string{"gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_", "glpat-", "glptt-", "gldt-", "glrt-", "hf_", "sk-", "k_live_", "k_test_", "xox",
		"AKIA", "ASIA", "AIza", "ya29.", "npm_", "pypi-", "dop_v1_", "dckr_pat_", "SG.", "AGE-SECRET-KEY-", "eyJ"}
	// passwords finds the password of a URL.
	passwords = regexp.MustCompile(`(://[^/\s:@"'<>]*):[^/\s@"'<>]+@`)
	// pem is a private key as OpenSSL, OpenSSH and PGP write it.
	pem = regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)`)
	// headers are what HTTP clients send.
	headers = regexp.MustCompile(`(?i)\b(authorization["']?\s*[:=]\s*["']?(?:basic|bearer|token)|bearer)(\s+)[\w.~+/=-]{8,}`)
	// pairs are a name and a value of a setting, as in token=abc, "api_key": "abc", env['TOKEN'] = 'abc', var token string = "abc".
	pairs = regexp.MustCompile(`([A-Za-z][\w.-]*)\\?["']?\]?(?:[ \t]*:?[ \t]*(?:string|str|String|&str))?[ \t]*(?::=|=>|[:=])[ \t]*` +
		`(\\"[^"\n]*\\"|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|` + "`[^`\n]*`" + `|[^\s"',;&)}\]]+)`)
)

// sentences are how people tell a password.
var sentences = regexp.MustCompile(`(?i)\b(password|passwd|passphrase|pwd|token|secret|api[ _-]?key)[ \t]+(?:is|was)[ \t]+["'` + "`" + `]?([\w!#$%&*+/=?@^~.:-]*[\w!#$%&*+/=?@^~])`)

// known are words with digits of which people say that a password or token is such a one.
var known = regexp.MustCompile(`(?i)^(?:sha|md|base|utf|oauth|argon|bcrypt|scrypt|pbkdf|ed25519|rsa|aes|hmac|x509|uuid|u?int|float|http|[\d:.-]+[a-z]{0,2}$)`)

// told tells whether a word that is said of a password is one.
func told(word string) bool { return notAWord(word) && !known.MatchString(word) }

// Text masks the secrets of a text that people or programs wrote: tokens, private keys, the passwords of URLs, and what is given to
// a name such as password.
func Text(text string) string {
	if strings.Contains(text, "ENV") || strings.Contains(text, "env") {
		text = maskGroup(text, environment, func(name, value string) bool { return Name(name) && anyValue(value) })
	}
	return mask(text, anyValue)
}

// Prose masks the secrets of notes, entries and output: as Text, but a name such as password only where what follows it, without a
// space, has a digit, since people write about secrets, too.
func Prose(text string) string { return mask(text, notAWord) }

// Source masks the secrets of a program's source, where a name like token often stands before code: there only a literal counts.
func Source(text string) string { return mask(text, literal) }

// InFile masks the secrets of a file, by its name: of a program's source a literal, of what people wrote for people as in prose, of all
// else, such as settings and shell scripts, any value.
func InFile(name, text string) string {
	switch ext := path.Ext(name); {
	case slices.Contains(shells, ext):
		return Text(text)
	case slices.Contains(prose, ext):
		return Prose(text)
	case slices.Contains(code, ext):
		return Source(text)
	}
	return Text(text)
}

func mask(text string, isValue func(string) bool) string {
	if strings.Contains(text, "PRIVATE KEY") {
		text = pem.ReplaceAllString(text, Mask)
	}
	if strings.Contains(text, "://") {
		text = passwords.ReplaceAllString(text, "$1:"+Mask+"@")
	}
	if mayHoldToken(text) {
		text = tokens.ReplaceAllString(text, Mask)
	}
	if strings.Contains(text, "earer") || strings.Contains(text, "EARER") || strings.Contains(strings.ToLower(text), "authorization") {
		text = headers.ReplaceAllString(text, "${1}${2}"+Mask)
	}
	text = maskCommands(text)
	if !mayName(text) {
		return text
	}
	text = maskGroup(text, sentences, func(_, word string) bool { return told(word) })
	return replacePairs(text, isValue)
}

func mayHoldToken(text string) bool {
	for _, h := range hints {
		if strings.Contains(text, h) {
			return true
		}
	}
	return false
}

// replacePairs masks the values of names that are those of secrets. What follows another name is looked at again, since there may be a
// name in it, as in "db": "host=x;password=y".
func replacePairs(text string, isValue func(string) bool) string {
	var b strings.Builder
	for {
		at := pairs.FindStringSubmatchIndex(text)
		if at == nil {
			b.WriteString(text)
			return b.String()
		}
		name, value := text[at[2]:at[3]], text[at[4]:at[5]]
		if !(Name(name) && isValue(value) || isAuth(name) && basic(value)) || strings.Contains(value, Mask[:len(Mask)-1]) { // a bare value ends before the bracket
			b.WriteString(text[:at[3]])
			text = text[at[3]:]
			continue
		}
		b.WriteString(text[:at[4]] + quoteOf(value) + Mask + quoteOf(value))
		text = text[at[5]:]
	}
}

// quoteOf is the quote that a value begins with; in a text that is itself quoted, there is a backslash before it.
func quoteOf(value string) string {
	for _, quote := range []string{`"`, "'", "`", `\"`} {
		if strings.HasPrefix(value, quote) {
			return quote
		}
	}
	return ""
}

// bare is a value without its quotes.
func bare(value string) string { return strings.Trim(value, "\"'`\\") }

// isAuth tells whether a setting of this name may hold what [basic] knows, as auth in Docker's settings and _auth in npm's.
func isAuth(name string) bool {
	words := split(name)
	return len(words) > 0 && words[len(words)-1] == "auth"
}

// basic tells whether a value is a user and a password, user:password in base64.
func basic(value string) bool {
	text, err := base64.StdEncoding.DecodeString(bare(value))
	user, password, ok := strings.Cut(string(text), ":")
	return err == nil && ok && user != "" && password != "" && utf8.Valid(text) && !strings.ContainsFunc(string(text), unicode.IsControl)
}

// mayName tells quickly whether a text may hold the name of a secret.
func mayName(text string) bool {
	lower := strings.ToLower(text)
	for _, w := range []string{"pass", "pw", "secret", "credential", "token", "key", "auth"} {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}

// anyValue takes every value for a secret that is not empty, a number, a sign of comparison, a truth value or the reference to a variable.
func anyValue(value string) bool {
	value = bare(value)
	switch strings.ToLower(value) {
	case "", "null", "nil", "none", "true", "false", "undefined":
		return false
	}
	return !strings.HasPrefix(value, "$") && strings.Trim(value, "0123456789.+-=") != ""
}

// notAWord takes values that no sentence has.
func notAWord(value string) bool {
	value = bare(value)
	return len(value) >= 6 && strings.ContainsAny(value, "0123456789") && !strings.Contains(value, " ") && anyValue(value)
}

// literal takes texts in quotes.
func literal(value string) bool {
	return len(value) >= 6 && quoteOf(value) != "" && anyValue(value) && !strings.ContainsAny(value, " %{<")
}

// Args masks the secrets of a command line: also the argument after a flag such as --token.
func Args(args []string) []string {
	masked := make([]string, len(args))
	next := false
	for i, a := range args {
		if next && !strings.HasPrefix(a, "-") {
			masked[i], next = Mask, false
			continue
		}
		flag := strings.TrimLeft(a, "-")
		next = len(flag) < len(a) && !strings.Contains(flag, "=") && Name(flag)
		masked[i] = Text(a)
		if name, _, ok := strings.Cut(flag, "="); ok && Name(name) { // the value may hold spaces
			masked[i] = a[:len(a)-len(flag)] + name + "=" + Mask
		}
	}
	return masked
}
