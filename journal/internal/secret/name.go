package secret

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// always are words that make a name that of a secret, wherever they stand in it.
var always = []string{"password", "passwords", "passwd", "passphrase", "pwd", "secret", "secrets", "credential", "credentials",
	"apikey", "apitoken", "accesstoken", "authtoken", "accesskey", "secretkey", "privatekey"}

// Words before "key" and "pass" that make it a secret, and words before "token" that make it none: language models have such tokens.
var (
	secretKeys  = []string{"api", "access", "secret", "private", "encryption", "signing", "account", "subscription", "storage", "master", "auth", "ssh", "aws", "app", "license", "write"}
	passes      = []string{"db", "database", "user", "admin", "root", "smtp", "mail", "email", "imap", "ftp", "sftp", "ssh", "mysql", "postgres", "pg", "redis", "mongo", "rabbitmq", "proxy", "http", "login"}
	plainTokens = []string{"pad", "eos", "bos", "unk", "mask", "sep", "cls", "special", "start", "end", "stop", "image", "audio", "video", "first", "last", "next", "prev", "num", "max", "min", "per"}
)

// Name tells whether a setting of this name holds a secret: api_key, githubToken, DB_PASSWORD; not tokenizer, max_tokens, pad_token.
func Name(name string) bool {
	words := split(name)
	if len(words) == 0 {
		return false
	}
	for _, w := range words {
		if slices.Contains(always, w) {
			return true
		}
	}
	last, before := words[len(words)-1], ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	switch last {
	case "token":
		return !slices.Contains(plainTokens, before)
	case "pw":
		return true
	case "pass":
		return slices.Contains(passes, before)
	case "key":
		return slices.Contains(secretKeys, before)
	}
	return false
}

// split gives the words of a name in snake_case, kebab-case, camelCase or with dots, in lower case.
func split(name string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = nil
		}
	}
	runes := []rune(name)
	for i, c := range runes {
		switch {
		case !unicode.IsLetter(c) && !unicode.IsDigit(c):
			end()
			continue
		case unicode.IsUpper(c) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			end()
		}
		word = append(word, c)
	}
	end()
	return words
}

// files are names of files that hold secrets, as patterns of package path.
var files = []string{".env", ".env.*", "*.env", "*.env.*", ".envrc", "*.pem", "*.pem.*", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "*.asc", "*.gpg", "*.age",
	"id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", ".netrc*", "_netrc", ".npmrc*", ".pypirc*", ".pgpass*", ".my.cnf", ".git-credentials", ".gitconfig", ".htpasswd",
	".dockercfg", ".dockerconfigjson", "kaggle.json", "cookies.txt", ".boto", ".s3cfg", "kubeconfig*", "*.kubeconfig", "*.tfvars", "*.tfvars.json", "*.tfstate", "*.tfstate.*", "service-account*.json", "service_account*.json", "client_secret*.json",
	"*.ovpn", "shadow", "authorized_keys", "known_hosts"}

// stems are words in the name of a settings file or folder that say that it holds secrets.
var stems = []string{"secret", "secrets", "credential", "credentials", "password", "passwords", "token", "tokens", "apikey", "apikeys"}

// folders hold secrets, whatever their files are called.
var folders = []string{".ssh", ".aws", ".gnupg", ".azure", ".kube", ".docker", ".kaggle", ".huggingface", ".wandb", "secrets", ".secrets"}

// code are the endings of files that are programs or texts: a name such as token.go says nothing of secrets.
var code = []string{".go", ".mod", ".sum", ".py", ".ipynb", ".c", ".h", ".cc", ".cpp", ".hpp", ".rs", ".js", ".ts", ".tsx", ".jsx", ".java", ".kt", ".rb", ".sh", ".md", ".rst", ".html", ".css", ".sql", ".proto", ".s", ".cu"}

// Of these, shell scripts are written as settings are, and these are for people.
var (
	shells = []string{".sh"}
	prose  = []string{".md", ".rst", ".html"}
)

// File tells whether a file is likely to hold secrets, by its path with slashes.
func File(name string) bool {
	dir, base := path.Split(path.Clean(strings.ToLower(strings.ReplaceAll(name, `\`, "/"))))
	for _, part := range strings.Split(dir, "/") {
		if slices.Contains(folders, part) {
			return !slices.Contains(code, path.Ext(base))
		}
	}
	if example(base) {
		return false
	}
	for _, p := range files {
		if ok, _ := path.Match(p, base); ok {
			return true
		}
	}
	if slices.Contains(code, path.Ext(base)) {
		return false
	}
	words := split(strings.TrimSuffix(base, ".txt"))
	if ext := path.Ext(base); (ext == "" || ext == ".txt") && len(words) > 0 && strings.TrimSuffix(words[len(words)-1], "s") == "key" {
		return true
	}
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(stems, w) })
}

// example tells files that show which secrets are wanted, and hold none.
func example(base string) bool {
	ext := strings.TrimPrefix(path.Ext(base), ".")
	return slices.Contains([]string{"example", "sample", "template", "dist", "pub"}, ext)
}
