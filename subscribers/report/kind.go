package report

import (
	"slices"
	"strconv"
	"strings"
)

// Kind is what a message, or a refusal, says of an address.
type Kind string

// The kinds.
const (
	// Hard tells that the address takes no mail and never will.
	Hard Kind = "hard"
	// Soft tells that the mail was given up for a reason that may pass: a full
	// mailbox, a server that did not answer.
	Soft Kind = "soft"
	// Policy tells that the mail was refused for what it is or where it came from. It
	// says nothing of the address.
	Policy Kind = "policy"
	// Doubtful tells that an address was refused beside so many others that it says
	// nothing of each: the server, or the relay before it, is more likely wrong.
	Doubtful Kind = "doubtful"
	// Delayed tells that a server is still trying. It is no bounce.
	Delayed Kind = "delayed"
	// Complaint tells that the reader called the mail spam.
	Complaint Kind = "complaint"
	// AutoReply is an answer by a program, such as out of office.
	AutoReply Kind = "auto-reply"
	// Challenge asks the sender to prove to be a person.
	Challenge Kind = "challenge"
	// Unsubscribe asks for the end of a subscription.
	Unsubscribe Kind = "unsubscribe"
	// Other is everything else: a person's answer, a receipt, a report that somebody
	// got the mail, what cannot be read.
	Other Kind = "other"
)

// Kinds lists all kinds, in the order above.
func Kinds() []Kind {
	return []Kind{Hard, Soft, Policy, Doubtful, Delayed, Complaint, AutoReply, Challenge, Unsubscribe, Other}
}

// Bounces tells whether a mail of this kind was not delivered.
func (k Kind) Bounces() bool { return k == Hard || k == Soft || k == Policy || k == Doubtful }

// Scores tells whether the kind counts against an address.
func (k Kind) Scores() bool { return k == Hard || k == Soft }

// ByProgram tells whether a program answered by itself: nobody waits for anything.
func (k Kind) ByProgram() bool { return k == AutoReply || k == Challenge }

// Kinds of events that end a subscription at once.
var ending = []Kind{Complaint, Unsubscribe}

// Ends tells whether the kind ends a subscription by itself.
func (k Kind) Ends() bool { return slices.Contains(ending, k) }

// ByStatus tells what a status code means for an address once the server has given the
// mail up (RFC 3463, and its registry). Each class of "failed" is told by its subject
// and detail:
//
//	x.7.x                      policy: security, block lists, greylisting
//	5.1.7 5.1.8, x.6.x         policy: the sender's address, the mail's form
//	5.1.0                      soft: an address, and nothing of why
//	5.1.x                      hard: no such mailbox, host or domain
//	5.2.1                      hard: the mailbox is closed
//	5.2.3 5.3.4                policy: the mail is too large
//	4.x.x, and everything else soft: full, not answering, no route, unknown
//
// "" is soft, for a code that is missing.
func ByStatus(status string) Kind {
	class, subject, detail, ok := parts(status)
	switch {
	case !ok:
		return Soft
	case class == 2:
		return Other
	case subject == 7, subject == 6, status == "5.2.3", status == "5.3.4", status == "5.1.7", status == "5.1.8":
		return Policy
	case class == 5 && subject == 1 && detail != 0, status == "5.2.1":
		return Hard
	}
	return Soft
}

// Telling tells whether a status code says more than its class.
func Telling(status string) bool {
	_, subject, detail, ok := parts(status)
	return ok && (subject != 0 || detail != 0)
}

// parts reads a status code such as 5.1.1 (RFC 3463, 2).
func parts(status string) (class, subject, detail int, ok bool) {
	fields := strings.Split(status, ".")
	if len(fields) != 3 {
		return 0, 0, 0, false
	}
	var n [3]int
	for i, f := range fields {
		v, err := strconv.Atoi(f)
		if err != nil || v < 0 || len(f) > 3 || f[0] == '+' || f[0] == '-' {
			return 0, 0, 0, false
		}
		n[i] = v
	}
	return n[0], n[1], n[2], n[0] == 2 || n[0] == 4 || n[0] == 5
}

// StatusIn finds the first status code of a failure in a server's words, or gives "".
// Part of a longer number, such as an address of the network, is none.
func StatusIn(words string) string {
	for i := 0; i < len(words); i++ {
		if c := words[i]; c != '4' && c != '5' || i > 0 && isNumber(words[i-1]) {
			continue
		}
		end := i
		for end < len(words) && isNumber(words[end]) {
			end++
		}
		status := strings.TrimRight(words[i:end], ".")
		if _, _, _, ok := parts(status); ok {
			return status
		}
		i = end
	}
	return ""
}

func isNumber(c byte) bool { return c >= '0' && c <= '9' || c == '.' }

// CodeIn finds the reply code at the beginning of a server's words (RFC 5321, 4.2), or
// gives 0.
func CodeIn(words string) int {
	if len(words) < 3 || len(words) > 3 && words[3] != ' ' && words[3] != '-' {
		return 0
	}
	code, err := strconv.Atoi(words[:3])
	if err != nil || code < 200 || code > 599 {
		return 0
	}
	return code
}
