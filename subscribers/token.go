package subscribers

import "strings"

// TestToken stands in the links of mails that go to nobody on the list: tests and
// previews. It is a token by its form and belongs to no subscriber.
const TestToken = "test2test2test2test2test22"

// FindToken finds a token in what is left of a link, in lower case and decoded. What
// stands before it, hyphens and plus signs in it, and all that follows are passed
// over; rest is what follows. ok is false where no token is to be found.
func FindToken(text string) (token, rest string, ok bool) {
	text = strings.TrimLeftFunc(text, func(r rune) bool { return !inToken(r) })
	var b strings.Builder
	for i, r := range text {
		switch {
		case inToken(r):
			b.WriteRune(r)
		case r != '-' && r != '+':
			return "", "", false
		}
		if b.Len() == TokenLength {
			return b.String(), text[i+1:], true
		}
	}
	return "", "", false
}

func inToken(r rune) bool { return r >= 'a' && r <= 'z' || r >= '2' && r <= '7' }
