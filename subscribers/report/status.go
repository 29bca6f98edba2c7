package report

import (
	"bytes"
	"slices"
	"strings"
)

// status reads the body of a delivery report: a group of fields about the mail, and
// one about each recipient (RFC 3464, 2.1).
func (m *message) status(body []byte) {
	body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	for len(body) > 0 && len(m.Recipients) < mostRecipients {
		var group fields
		body = bytes.TrimLeft(body, "\n \t")
		group, body = header(body)
		if r, ok := recipient(group); ok {
			m.Recipients, m.reported = append(m.Recipients, r), true
		} else if id := group.get("x-postfix-queue-id"); m.RelayID == "" && isQueueID(id) {
			m.RelayID = id
		}
	}
}

// isQueueID tells whether a word has the form of a server's name for a mail.
func isQueueID(id string) bool {
	const most = 64
	return id != "" && len(id) <= most && strings.IndexFunc(id, func(c rune) bool {
		return !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')
	}) < 0
}

// recipient reads the group of one recipient. Action and status are both read: an
// action of "failed" alone makes a bounce, and the status says which.
func recipient(group fields) (r Recipient, ok bool) {
	action := strings.ToLower(group.get("action"))
	if i := strings.IndexFunc(action, func(c rune) bool { return c < 'a' || c > 'z' }); i >= 0 {
		action = action[:i]
	}
	r.Status = statusOf(group.get("status"))
	if action == "" && r.Status == "" {
		return r, false
	}
	if a := group.get("original-recipient"); a != "" {
		r.Address = typed(a)
	} else {
		r.Address = typed(group.get("final-recipient"))
	}
	diagnostic := group.get("diagnostic-code")
	kind, words, _ := strings.Cut(diagnostic, ";")
	if words = strings.TrimSpace(words); !strings.EqualFold(strings.TrimSpace(kind), "smtp") && words == "" {
		words = diagnostic
	}
	r.Words, r.Code = short(words, mostWords), CodeIn(words)
	if !Telling(r.Status) {
		// Some give a bare 5.0.0 and pass the server's own code on in its words.
		if own := StatusIn(words); Telling(own) || r.Status == "" {
			r.Status = own
		}
	}
	switch action {
	case "delayed":
		r.Kind = Delayed
	case "failed", "":
		if r.Kind = ByStatus(r.Status); action == "" && strings.HasPrefix(r.Status, "4.") {
			r.Kind = Delayed
		}
	default: // delivered, relayed, expanded, and what nobody knows
		r.Kind = Other
	}
	return r, true
}

// statusOf gives the status code at the beginning of a field, which a comment may
// follow.
func statusOf(value string) string {
	status, _, _ := strings.Cut(value, " ")
	status, _, _ = strings.Cut(status, "(")
	if _, _, _, ok := parts(status); !ok {
		return ""
	}
	return status
}

// typed gives the address after its type: "rfc822; ann@example.org".
func typed(value string) string {
	_, address, found := strings.Cut(value, ";")
	if !found {
		address = value
	}
	return bare(strings.TrimSpace(address))
}

// order has the kinds of what became of a recipient, the mildest first.
var order = []Kind{Other, Delayed, Policy, Soft, Hard}

// Worst gives the recipient of whom a report says the worst. There must be one.
func Worst(all []Recipient) Recipient {
	return slices.MaxFunc(all, func(a, b Recipient) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
}

// Mildest gives the recipient of whom a report says the least. There must be one. A
// mail that one reader has sent on to several addresses has reached them as long as
// one of these took it.
func Mildest(all []Recipient) Recipient {
	return slices.MinFunc(all, func(a, b Recipient) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
}
