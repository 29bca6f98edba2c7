package message

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"postbag/digest"
	"postbag/subscribers/dkim"
)

// Message is one mail to one reader. From, To, Subject, Text, MessageID and
// Date must be set.
type Message struct {
	From      string // bare address
	FromName  string
	ReplyTo   string // bare address, or ""
	To        string // bare address
	ToName    string
	Subject   string // cut at 150 characters
	Text      string
	HTML      string // "" makes a mail of text alone
	MessageID string // without angle brackets
	Date      time.Time

	ListID          string   // such as "pick-of-the-week.example.org" (RFC 2919)
	ListName        string   // shown before it
	ListUnsubscribe []string // addresses, https first, then mailto (RFC 2369, 3.2)
	// OneClick says that a POST to the first of them unsubscribes at once
	// (RFC 8058, 3.1).
	OneClick    bool
	ListArchive string // address of the archive, or ""
	// Bulk marks a digest, so that holiday answers stay away.
	Bulk bool
	// AutoSubmitted marks a mail that a program sends on somebody's request,
	// such as a confirmation (RFC 3834, 5).
	AutoSubmitted bool
	// FeedbackID tells a receiver which mails to count together when it reports
	// complaints (Gmail's Feedback-ID): identifiers with colons between, the sender's
	// last; "" for none.
	FeedbackID string
	// Sign signs the message; nil leaves it to the mail server.
	Sign *dkim.Signer
}

// Compose makes the bytes of a message as they go over the wire: 7-bit clean
// but for addresses beyond ASCII, lines ended by CRLF and at most 76 characters
// wherever they can be broken. The same message gives the same bytes. Anything
// that could inject a header is an error of kind Invalid.
func Compose(m Message) ([]byte, error) {
	t, err := NewTemplate(m, "")
	if err != nil {
		return nil, err
	}
	return t.For(Reader{To: m.To, Name: m.ToName, MessageID: m.MessageID})
}

// checked gives the message with its texts cleaned, or the first fault of what
// all readers share.
func (m Message) checked() (Message, error) {
	if err := CheckAddress("From", m.From); err != nil {
		return m, err
	}
	if m.ReplyTo != "" {
		if err := CheckAddress("Reply-To", m.ReplyTo); err != nil {
			return m, err
		}
	}
	for _, f := range []struct {
		name string
		text *string
		most int
	}{{"From name", &m.FromName, nameMax}, {"subject", &m.Subject, subjectMax}, {"list name", &m.ListName, nameMax}} {
		cleaned, err := clean(f.name, *f.text, f.most)
		if err != nil {
			return m, err
		}
		*f.text = cleaned
	}
	switch {
	case m.Subject == "":
		return m, digest.Fail(digest.Invalid, "Give the issue a title.", "the mail has no subject")
	case m.Text == "":
		return m, digest.Fail(digest.Invalid, "", "the mail has no text")
	case m.Date.IsZero():
		return m, digest.Fail(digest.Invalid, "", "the mail has no date")
	}
	return m, m.checkList()
}

func (m Message) checkList() error {
	for _, u := range m.ListUnsubscribe {
		if err := bareURI("List-Unsubscribe", u); err != nil {
			return err
		}
	}
	if m.OneClick && (len(m.ListUnsubscribe) == 0 || !strings.HasPrefix(m.ListUnsubscribe[0], "http")) {
		return digest.Fail(digest.Invalid, "Put a web address first.", "one-click unsubscribing needs a web address")
	}
	if m.ListArchive != "" {
		if err := bareURI("List-Archive", m.ListArchive); err != nil {
			return err
		}
	}
	if strings.ContainsFunc(m.FeedbackID, func(r rune) bool { return r <= ' ' || r > '~' }) || len(m.FeedbackID) > feedbackMax {
		return digest.Fail(digest.Invalid, "Use letters, digits and hyphens.", "the feedback id %q cannot be used", m.FeedbackID)
	}
	for _, r := range m.ListID {
		if r <= ' ' || r > '~' || r == '<' || r == '>' {
			return digest.Fail(digest.Invalid, "Use letters, digits, dots and hyphens.", "the list id %q cannot be used", m.ListID)
		}
	}
	return nil
}

// build lets go-mail encode what all readers share. Names, addresses, subject
// and list fields are written here, because go-mail folds them where it should
// not; the Message-ID it wants is dropped.
func (m Message) build(boundary string) ([]byte, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP), gomail.WithBoundary(boundary))
	msg.SetMessageIDWithValue("dropped")
	msg.SetDateWithValue(m.Date)
	if m.Bulk {
		msg.SetBulk()
	}
	if m.AutoSubmitted {
		msg.SetGenHeader("Auto-Submitted", "auto-generated")
	}
	msg.SetBodyString(gomail.TypeTextPlain, lineEnds(m.Text))
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, lineEnds(m.HTML))
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("encode the mail: %w", err)
	}
	return b.Bytes(), nil
}

// lineEnds gives text in valid UTF-8 with "\n" for every kind of line end and
// one at its end, and without NUL.
func lineEnds(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(s)
	return strings.TrimRight(s, "\n") + "\n"
}

// fromFields writes who the mail is from and who gets the answers.
func (m Message) fromFields(dst []byte) []byte {
	dst = appendField(dst, "From", named(m.FromName, m.From))
	if m.ReplyTo != "" {
		dst = appendField(dst, "Reply-To", "<"+m.ReplyTo+">")
	}
	return dst
}

// listFields writes the fields of a mailing list but for List-Unsubscribe, and the
// Feedback-ID.
func (m Message) listFields(dst []byte) []byte {
	if m.ListID != "" {
		dst = appendField(dst, "List-Id", named(m.ListName, m.ListID))
	}
	if m.ListArchive != "" {
		dst = appendField(dst, "List-Archive", "<"+m.ListArchive+">")
	}
	if m.OneClick {
		// RFC 8058, 3.1: exactly this, neither encoded nor folded.
		dst = append(dst, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"...)
	}
	if m.FeedbackID != "" {
		dst = appendField(dst, "Feedback-ID", m.FeedbackID)
	}
	return dst
}
