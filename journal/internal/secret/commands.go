package secret

import (
	"regexp"
	"strings"
)

// within is the rest of a command up to an argument, on a line that may go on after a backslash.
const within = `(?:[^\n|;&]|\\\n)*?[ \t]`

// argument is a password on a command line: no reference to a variable, no <place> for one, no flag.
const (
	argument = "(" + `"[^"$\n]+"|'[^'\n]+'|` + word + ")"
	word     = `[^\s"'$<{%;|&)-][^\s"';|&)]*`
)

// A command is one of which a text must hold the hint; looking for that is quick.
type command struct {
	hint     string
	password *regexp.Regexp // its last group
}

var commands = []command{
	{"curl", regexp.MustCompile(`\b(curl)` + within + `(?:-u|--user|-U|--proxy-user)[ \t=]*(?:[^\s:"'$]+:(` + word + `)|["'][^\s:"'$]+:([^"'$\n]+)["'])`)},
	{"mysql", regexp.MustCompile(`\b(mysql|mysqldump|mysqladmin)` + within + `-p` + argument)},
	{"mariadb", regexp.MustCompile(`\b(mariadb|mariadb-dump)` + within + `-p` + argument)},
	{"sshpass", regexp.MustCompile(`\b(sshpass)` + within + `-p[ \t]*` + argument)},
	{"docker", regexp.MustCompile(`\b(docker[ \t]+login)` + within + `-p[ \t]*` + argument)},
	{"redis-cli", regexp.MustCompile(`\b(redis-cli)` + within + `-a[ \t]+` + argument)},
}

// environment is how a Dockerfile may set a variable, without a sign between name and value. A line of a patch has one at its beginning.
var environment = regexp.MustCompile(`(?m)^[ +-]?[ \t]*(?:ENV|env)[ \t]+([A-Za-z_]\w*)[ \t]+(\S.*)$`)

// maskCommands masks the passwords that are given to commands.
func maskCommands(text string) string {
	for _, c := range commands {
		if strings.Contains(text, c.hint) {
			text = maskGroup(text, c.password, func(string, string) bool { return true })
		}
	}
	return text
}

// maskGroup masks the last group of what a pattern finds, where it is wanted: it is given the first and the last.
func maskGroup(text string, pattern *regexp.Regexp, wanted func(first, last string) bool) string {
	all := pattern.FindAllStringSubmatchIndex(text, -1)
	for i := len(all) - 1; i >= 0; i-- {
		m := all[i]
		for m[len(m)-1] < 0 { // a group of another alternative
			m = m[:len(m)-2]
		}
		first, from, to := text[m[2]:m[3]], m[len(m)-2], m[len(m)-1]
		if last := text[from:to]; wanted(first, last) && bare(last) != Mask {
			text = text[:from] + quoteOf(last) + Mask + quoteOf(last) + text[to:]
		}
	}
	return text
}
