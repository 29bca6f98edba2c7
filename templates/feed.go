package templates

import (
	"bytes"
	"fmt"

	"postbag/digest"
)

// EntryHTML renders an issue as the content of a feed entry: HTML of paragraphs,
// quotations, lists, headings and rules, without class and style, with absolute
// links only. Where our own words are in another language than the publication's they
// are marked. The errors are those of [Set.IssueMail].
func (s *Set) EntryHTML(f *digest.Frozen, l Links) (string, error) {
	v, err := viewOf(f, l)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := s.mails.ExecuteTemplate(&b, "entry.html", v); err != nil {
		return "", fmt.Errorf("render feed entry: %w", err)
	}
	return b.String(), nil
}
