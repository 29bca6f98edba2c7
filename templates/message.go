package templates

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// EmailError says beside the sign-up form what is wrong with the address that
// was typed, and how one is written. The flaw is a sentence about the address,
// or "".
func EmailError(typed, flaw string) string {
	const repair = " Write it like name@example.org."
	if strings.TrimSpace(typed) == "" {
		return "The email address is missing." + repair
	}
	flaw = strings.ReplaceAll(flaw, `"@"`, "“@”")
	first, size := utf8.DecodeRuneInString(flaw)
	if flaw == "" {
		return "That is no email address." + repair
	}
	return "That is no email address: " + string(unicode.ToLower(first)) + flaw[size:] + repair
}

// RetryAfter is how long whoever is told to try again "in a minute" waits.
const RetryAfter = time.Minute

// NotNow says beside a form that what was typed into it could not be stored.
const NotNow = "The site is busy, and your address was not noted. Try again in a minute."

// messages say for an HTTP status what happened and what to do, and nothing of the
// inside.
var messages = map[int]MessagePage{
	400: {"That did not arrive whole", "Please go back and send it again."},
	403: {"This was refused", "The request did not come from a page of this site. Please open the page here and try again."},
	404: {"There is no such page", "The address may be mistyped, or the page was taken away."},
	405: {"This page cannot do that", "Please start again from the front page."},
	410: {"This was withdrawn", "The page was here once and was taken away for good."},
	413: {"That was too much", "Please send less at once."},
	422: {"That choice is not offered", "Nothing was changed. Please go back and take one of the choices on the page."},
	429: {"A little slower, please", "There were many requests from where you are. Try again in a minute; until then it will not help."},
	503: {"Back in a moment", "The site is busy, and nothing was changed. Try again in a minute."},
}

// Message gives the page for an HTTP status.
func Message(status int) MessagePage {
	if m, ok := messages[status]; ok {
		return m
	}
	return MessagePage{"Something went wrong", "The fault is ours, and it has been noted. Try again in five minutes; if that does not help, a person has to mend it."}
}
