package expression

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// class is the class of a token.
type class int

const (
	end    class = iota
	word         // attribute names, keywords, functions
	name         // #placeholder
	val          // :placeholder
	number       // digits, within brackets only
	symbol       // operators and brackets
)

type token struct {
	class class
	text  string
	at    int // where it begins, in bytes
}

// lex cuts an expression into tokens.
func lex(text string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(text); {
		start := i
		switch c := text[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
			continue
		case letter(c):
			i = skip(text, i)
			tokens = append(tokens, token{word, text[start:i], start})
		case c == '#' || c == ':':
			i = skip(text, i+1)
			kind := name
			if c == ':' {
				kind = val
			}
			if i == start+1 {
				return nil, syntax(text, append(tokens, token{symbol, text[start:i], start}), len(tokens))
			}
			tokens = append(tokens, token{kind, text[start:i], start})
		case digit(c):
			for i < len(text) && digit(text[i]) {
				i++
			}
			tokens = append(tokens, token{number, text[start:i], start})
		case strings.HasPrefix(text[i:], "<>") || strings.HasPrefix(text[i:], "<=") || strings.HasPrefix(text[i:], ">="):
			i += 2
			tokens = append(tokens, token{symbol, text[start:i], start})
		case strings.IndexByte("=<>(),.[]+-", c) >= 0:
			i++
			tokens = append(tokens, token{symbol, text[start:i], start})
		default:
			_, n := utf8.DecodeRuneInString(text[i:])
			return nil, syntax(text, append(tokens, token{symbol, text[i : i+n], i}), len(tokens))
		}
	}
	return append(tokens, token{end, "<EOF>", len(text)}), nil
}

func letter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

func skip(text string, i int) int {
	for i < len(text) && (letter(text[i]) || digit(text[i])) {
		i++
	}
	return i
}

// syntax is DynamoDB's error about the token at i: the token, and the text around it.
func syntax(text string, tokens []token, i int) error {
	from, to := tokens[i].at, tokens[i].at
	if i > 0 {
		from = tokens[i-1].at
	}
	for _, t := range tokens[max(0, i-1):min(i+2, len(tokens))] {
		if t.class != end {
			to = t.at + len(t.text)
		}
	}
	return fmt.Errorf("Syntax error; token: %q, near: %q", tokens[i].text, text[from:to])
}
