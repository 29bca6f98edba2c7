package report

import (
	"bytes"
	"io"
	"mime"
	"net/mail"
	"strings"

	"postbag/digest/site"
	"postbag/subscribers"
)

// Report is what a message says.
type Report struct {
	Kind Kind
	// Recipients are what a delivery report says of each; Kind is then that of the
	// worst.
	Recipients []Recipient
	// ReturnPaths are addresses in the message's header, and in that of the mail it
	// returns, which may be return paths of ours.
	ReturnPaths []string
	// Token is that of the reader: in the links of the returned mail, or in the
	// request to unsubscribe. "" for none.
	Token string
	// MessageID is that of the returned mail, without its brackets; "" for none.
	MessageID string
	// RelayID is what the reporting server called the mail when it took it: Postfix
	// writes it into its reports. "" for none.
	RelayID string
	// Status, Code and Words are the server's, as far as it gave them: those of the
	// worst recipient.
	Status string
	Code   int
	Words  string
	// OldStyle tells of a bounce without a report: it is one only where a return path
	// of ours is in it.
	OldStyle bool
	// Unread tells that the message, or a part, could not be read: it is encrypted,
	// too long, or nested too deep.
	Unread bool
}

// Recipient is what a delivery report says of one recipient (RFC 3464, 2.3).
type Recipient struct {
	Address string // the original one, else the final; "" for none
	Kind    Kind
	Status  string // the most telling one
	Code    int    // the reply code of the server that refused, 0 for none
	Words   string // its words, at most 500 bytes
}

// mostWords bounds the words that are kept of a server, and mostRecipients whom a
// report is about.
const (
	mostWords      = 500
	mostRecipients = 100
	mostPaths      = 40
)

// Read reads a message, and no more of it than [MostBytes]. to are addresses that the
// mail server says it was for. The error is the reader's.
func Read(r io.Reader, to ...string) (Report, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MostBytes+1))
	if err != nil {
		return Report{}, err
	}
	cut := len(raw) > MostBytes
	if cut {
		raw = raw[:MostBytes]
	}
	return read(raw, cut, to), nil
}

func read(raw []byte, cut bool, to []string) Report {
	if bytes.HasPrefix(raw, []byte("From ")) { // of a mailbox file, as some programs hand it on
		_, raw = cutLine(raw)
	}
	whole := parse(raw)
	m := message{entity: whole, to: append(to, whole.header.all("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")...)}
	left := mostParts
	all := whole.visit(0, &left, m.part)
	m.ReturnPaths = m.paths()
	m.decide()
	m.Unread = !m.reported && (cut || !all || m.encrypted)
	return m.Report
}

// message is a message that is being read.
type message struct {
	Report
	entity    entity
	to        []string // whom it is to
	original  fields   // the header of the mail that it returns
	feedback  fields   // of a complaint
	reported  bool     // it has a part that reports in a form
	receipt   bool
	encrypted bool
	text      []byte // the first part of words
}

// part takes what one part says, and tells whether its parts are wanted.
func (m *message) part(e entity) bool {
	switch e.kind {
	case "message/delivery-status", "message/global-delivery-status":
		m.status(e.decoded())
	case "message/feedback-report":
		if m.feedback == nil {
			m.feedback, _ = header(e.decoded())
			m.reported = m.reported || m.feedback.get("feedback-type") != ""
		}
	case "message/disposition-notification", "message/global-disposition-notification":
		m.receipt = true
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		if m.original == nil {
			m.original, _ = header(bytes.TrimLeft(e.decoded(), "\r\n"))
		}
	case "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime":
		m.encrypted = true
	case "text/plain", "text/html":
		if m.text == nil {
			m.text = e.decoded()
		}
	}
	return !m.encrypted
}

// decide tells what the message is, from the clearest sign to the least.
func (m *message) decide() {
	if token := token(m.original); token != "" {
		m.Token = token
	}
	m.MessageID = messageID(m.original)
	switch {
	case len(m.Recipients) > 0:
		worst := Worst(m.Recipients)
		m.Kind, m.Status, m.Code, m.Words = worst.Kind, worst.Status, worst.Code, worst.Words
	case m.feedback != nil:
		m.complaint()
	case m.receipt:
		m.Kind = Other
	case m.isOldStyle():
		m.oldStyle()
	case m.isChallenge():
		m.Kind = Challenge
	case m.isAutomatic():
		m.Kind = AutoReply
	default:
		m.request()
	}
}

// feedbackKinds are the types of feedback that are complaints (RFC 5965, 7.3, and RFC
// 6430). "not-spam" is the opposite of one, and the others are about mail that is
// none of ours.
var complaints = map[string]bool{"abuse": true, "fraud": true, "opt-out": true, "opt-out-list": true, "complaint": true}

// complaint reads a report of a complaint.
func (m *message) complaint() {
	if m.Kind = Other; complaints[strings.ToLower(m.feedback.get("feedback-type"))] {
		m.Kind = Complaint
	}
	m.Words = short(m.feedback.get("user-agent"), mostWords)
	for _, a := range m.feedback.all("original-rcpt-to", "removal-recipient") {
		if a = bare(a); strings.Contains(a, "@") && len(m.Recipients) < mostRecipients {
			m.Recipients = append(m.Recipients, Recipient{Address: a, Kind: m.Kind})
		}
	}
}

// request finds a request to unsubscribe: a token in the address it is to, or in its
// subject after the word. From whom it comes is not believed, and not asked.
func (m *message) request() {
	m.Kind = Other
	for _, a := range m.to {
		if token, ok := subscribers.UnsubscribeToken(a); ok {
			m.Kind, m.Token = Unsubscribe, token
			return
		}
	}
	subject := strings.ToLower(m.subject())
	if rest, ok := strings.CutPrefix(subject, "unsubscribe "); ok {
		rest = strings.TrimSpace(rest)
		if _, ok := subscribers.TokenKey(rest); ok {
			m.Kind, m.Token = Unsubscribe, rest
		}
	}
}

func (m *message) subject() string {
	const most = 500
	s := short(m.entity.header.get("subject"), most)
	decoded, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		return s
	}
	return tidy([]byte(decoded))
}

// paths gives the addresses that may be return paths of ours.
func (m *message) paths() (all []string) {
	for _, a := range append(append(append([]string{}, m.to...), m.original.all("return-path", "x-envelope-from")...), m.feedback.all("original-mail-from")...) {
		for _, one := range strings.FieldsFunc(a, func(r rune) bool { return strings.ContainsRune(" \t,;<>()", r) }) {
			if subscribers.IsReturnPath(one) && len(all) < mostPaths {
				all = append(all, one)
			}
		}
	}
	return all
}

// token finds the reader's token in the links of a returned mail's header.
func token(original fields) string {
	for _, list := range original.all("list-unsubscribe") {
		for _, link := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(" \t,<>", r) }) {
			if token, ok := subscribers.UnsubscribeToken(link); ok {
				return token
			}
			if _, rest, found := strings.Cut(link, site.Unsubscribe.With("")); found {
				if token, _, ok := subscribers.FindToken(strings.ToLower(rest)); ok {
					return token
				}
			}
		}
	}
	return ""
}

// messageID gives the id of a returned mail.
func messageID(original fields) string {
	id := original.get("message-id")
	_, id, _ = strings.Cut(id, "<")
	id, _, _ = strings.Cut(id, ">")
	return strings.TrimSpace(id)
}

// bare gives an address without what stands around it.
func bare(a string) string {
	if parsed, err := mail.ParseAddress(a); err == nil {
		return parsed.Address
	}
	return strings.Trim(a, "<> ")
}
