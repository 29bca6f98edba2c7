package bounce

import (
	"fmt"
	"strings"

	"postbag/subscribers/report"
)

// kindWords say for a person what came back, of one mail and of several.
var kindWords = map[report.Kind][2]string{
	report.Hard:        {"address does not exist any more", "addresses do not exist any more"},
	report.Soft:        {"was given up for a reason that may pass", "were given up for a reason that may pass"},
	report.Policy:      {"was refused for what it is or where it came from", "were refused for what they are or where they came from"},
	report.Doubtful:    {"was refused beside too many others to be believed", "were refused, too many to be believed"},
	report.Delayed:     {"is delayed", "are delayed"},
	report.Complaint:   {"reader called it spam", "readers called it spam"},
	report.AutoReply:   {"was answered by a program", "were answered by a program"},
	report.Challenge:   {"was answered by a question whether a person sent it", "were answered by a question whether a person sent them"},
	report.Unsubscribe: {"reader left by way of their mail program", "readers left by way of their mail programs"},
}

// Words says in a sentence what came back of an issue, "" for nothing that matters to an
// editor: "Of its mails 2 addresses do not exist any more; 1 reader called it spam."
func Words(counts map[report.Kind]int) string {
	var parts []string
	for _, kind := range []report.Kind{report.Hard, report.Doubtful, report.Soft, report.Policy, report.Complaint} {
		switch n := counts[kind]; n {
		case 0:
		case 1:
			parts = append(parts, "1 "+kindWords[kind][0])
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, kindWords[kind][1]))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "What came back: " + strings.Join(parts, "; ") + "."
}

// Sentence says what an event means, with what it did to the reader.
func (e Listed) Sentence() string {
	words := map[report.Kind]string{
		report.Hard:        "The server says that the address takes no mail, for good.",
		report.Soft:        "The mail was given up for a reason that may pass, such as a full mailbox.",
		report.Policy:      "The server refused the mail for what it is or where it came from. That says nothing of the reader.",
		report.Doubtful:    "The server refused the address beside so many others that it says nothing of each.",
		report.Delayed:     "The mail is delayed; a server is still trying.",
		report.Complaint:   "The reader called the mail spam.",
		report.AutoReply:   "A program answered, as one does while somebody is away.",
		report.Challenge:   "A program asked whether a person had sent the mail.",
		report.Unsubscribe: "The reader left by way of their mail program.",
	}[e.Kind]
	switch {
	case e.Ended != "":
		words += " Nothing is mailed to the address since then."
	case e.Counted:
		words += " It counts against the address."
	}
	return words
}
