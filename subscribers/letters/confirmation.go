package letters

import (
	"time"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/subscribers/message"
	"postbag/templates"
)

// No issue has a negative number, so that no letter shares a Message-ID with a
// delivery, and no kind of letter with another.
const confirmations = -1

// Confirmation asks an address to confirm a subscription.
type Confirmation struct {
	ID     int64 // of the letter
	Email  string
	Token  string
	At     time.Time
	Series string // its name
}

// Confirmation writes the letter, the same bytes whenever it is asked.
func (w Writer) Confirmation(pub digest.Publication, c Confirmation) ([]byte, error) {
	text, err := w.Set.ConfirmMail(templates.ConfirmView{
		Publication: pub.Name, Series: c.Series, HomeURL: w.Site.URL(site.Home), ConfirmURL: w.Site.URL(site.Confirm, c.Token),
		Days: int(subscribers.ConfirmationLife.Hours() / 24), Language: pub.Language, PostalAddress: pub.PostalAddress,
	})
	if err != nil {
		return nil, err
	}
	of := subscribers.Mailing{IssueID: confirmations, Begun: c.At, Domain: w.Domain}
	return message.Compose(message.Message{
		From: w.From, FromName: pub.Name, ReplyTo: w.ReplyTo, To: c.Email,
		Subject: text.Subject, Text: text.Text, HTML: text.HTML,
		MessageID: of.MessageID(pub.Salt, c.ID), Date: c.At, AutoSubmitted: true,
	})
}
