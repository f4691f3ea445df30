package query

import (
	"fmt"
	"regexp"
	"strings"

	"flowbook/journal/record"
)

// A Filter chooses runs; see [ParseFilter].
type Filter struct {
	node filterNode
}

// filterNode decides for a run.
type filterNode func(*subject) bool

// ParseFilter reads a filter such as
//
//	config.couplings>8 and (metric.bpd<1.8 or tag=best) and not status=failed
//
// A comparison is a field, one of = != < <= > >= ~ !~ (~ is a regular expression) and a value: a number, a word, a 'quoted text',
// true, false, null, a date (2026-11-24, 2026-11-24T10:00) or a duration (90s, 2h). Fields: config.PATH, metric.NAME (its last
// value; .last .best .min .max .count choose), data.NAME, and those of
// [record.Fields]: tag, experiment, status, started, duration and so on. A field alone asks whether it is there. Joined with and, or, not and
// parentheses. An error is a *FilterError that points at the column. An empty filter takes every run.
func ParseFilter(filter string) (*Filter, error) {
	tokens, err := lexFilter(filter)
	if err != nil {
		return nil, err
	}
	p := &filterParser{filter: filter, tokens: tokens}
	if p.peek().kind == tokenEnd {
		return &Filter{func(*subject) bool { return true }}, nil
	}
	node, err := p.or()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, p.fail(t, fmt.Sprintf("expected and, or, or the end, found %q", t.text))
	}
	return &Filter{node}, nil
}

// Match tells whether the filter takes a run as journal.Runs reads it.
func (f *Filter) Match(r *record.Run) bool { return f.node(&subject{Run: r}) }

type filterParser struct {
	filter string
	tokens []token
	i      int
}

func (p *filterParser) peek() token { return p.tokens[p.i] }

func (p *filterParser) next() token {
	t := p.tokens[p.i]
	if t.kind != tokenEnd {
		p.i++
	}
	return t
}

func (p *filterParser) fail(t token, message string) error {
	return filterError(p.filter, t.at, message)
}

// takes consumes the next token when it is one of the words or operators.
func (p *filterParser) takes(texts ...string) bool {
	t := p.peek()
	for _, text := range texts {
		if (t.kind == tokenWord || t.kind == tokenOp) && strings.EqualFold(t.text, text) {
			p.i++
			return true
		}
	}
	return false
}

func (p *filterParser) or() (filterNode, error) {
	a, err := p.and()
	for err == nil && p.takes("or", "||") {
		var b filterNode
		if b, err = p.and(); err == nil {
			left := a
			a = func(s *subject) bool { return left(s) || b(s) }
		}
	}
	return a, err
}

func (p *filterParser) and() (filterNode, error) {
	a, err := p.not()
	for err == nil && p.takes("and", "&&") {
		var b filterNode
		if b, err = p.not(); err == nil {
			left := a
			a = func(s *subject) bool { return left(s) && b(s) }
		}
	}
	return a, err
}

func (p *filterParser) not() (filterNode, error) {
	if p.takes("not", "!") {
		a, err := p.not()
		return func(s *subject) bool { return !a(s) }, err
	}
	if open := p.peek(); open.kind == tokenOpen {
		p.next()
		a, err := p.or()
		if err != nil {
			return nil, err
		}
		if t := p.next(); t.kind != tokenClose {
			return nil, p.fail(t, "expected ) for the ( at column "+fmt.Sprint(open.at+1))
		}
		return a, nil
	}
	return p.comparison()
}

func (p *filterParser) comparison() (filterNode, error) {
	t := p.next()
	switch t.kind {
	case tokenEnd:
		return nil, p.fail(t, "expected a field, found the end")
	case tokenWord:
	default:
		return nil, p.fail(t, fmt.Sprintf("expected a field, found %q", t.text))
	}
	field, err := parseField(t.text)
	if err != nil {
		return nil, p.fail(t, err.Error())
	}
	op := p.peek()
	if op.kind != tokenOp || op.text == "&&" || op.text == "||" || op.text == "!" {
		if op.kind == tokenWord && !strings.EqualFold(op.text, "and") && !strings.EqualFold(op.text, "or") {
			return nil, p.fail(op, fmt.Sprintf("expected a comparison such as = or <, found %q", op.text))
		}
		return func(s *subject) bool { return len(field.values(s)) > 0 }, nil
	}
	p.next()
	v := p.next()
	if v.kind != tokenWord && v.kind != tokenString {
		return nil, p.fail(v, fmt.Sprintf("expected a value after %s", op.text))
	}
	if op.text == "~" || op.text == "!~" {
		re, err := regexp.Compile(v.text)
		if err != nil {
			return nil, p.fail(v, err.Error())
		}
		return func(s *subject) bool { return matchAny(re, field.values(s)) == (op.text == "~") }, nil
	}
	lit, err := field.literal(v)
	if err != nil {
		return nil, p.fail(v, err.Error())
	}
	return func(s *subject) bool { return compareAny(field.values(s), op.text, lit) }, nil
}
