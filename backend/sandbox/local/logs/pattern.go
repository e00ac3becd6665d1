package logs

import "strings"

// pattern compiles a filter pattern for text: all terms must occur, one of those with "?" suffices, those with "-" must
// not. Patterns for JSON and for columns are refused.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForLogEvents.html
func pattern(text string) (func(string) bool, error) {
	if text = strings.TrimSpace(text); strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") || strings.HasPrefix(text, "%") {
		return nil, invalid("the embedded sandbox filters by terms, not by the pattern %s", text)
	}
	var all, any, none []string
	for text != "" {
		list := &all
		switch text[0] {
		case '?':
			list, text = &any, text[1:]
		case '-':
			list, text = &none, text[1:]
		}
		var term string
		if rest, quoted := strings.CutPrefix(text, `"`); quoted {
			var closed bool
			if term, text, closed = strings.Cut(rest, `"`); !closed {
				return nil, invalid("a quotation mark is missing in the filter pattern")
			}
		} else {
			term, text, _ = strings.Cut(text, " ")
		}
		if text = strings.TrimSpace(text); term != "" {
			*list = append(*list, term)
		}
	}
	return func(s string) bool {
		for _, t := range none {
			if strings.Contains(s, t) {
				return false
			}
		}
		if len(any) > 0 && len(all) == 0 {
			for _, t := range any {
				if strings.Contains(s, t) {
					return true
				}
			}
			return false
		}
		for _, t := range all {
			if !strings.Contains(s, t) {
				return false
			}
		}
		return true
	}, nil
}
