package letters

import (
	"time"

	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/subscribers/message"
	"postbag/templates"
)

// confirmation asks an address to confirm a subscription.
func (w Writer) confirmation(f Facts, l subscribers.Letter) ([]byte, error) {
	pub := f.Publication
	text, err := w.Set.ConfirmMail(templates.ConfirmView{
		Publication: pub.Name, Series: f.Series, HomeURL: w.Site.URL(site.Home), ConfirmURL: w.Site.URL(site.Confirm, l.Token),
		Days: int(l.Expires.Sub(l.CreatedAt).Round(24*time.Hour) / (24 * time.Hour)), Language: pub.Language, PostalAddress: pub.PostalAddress,
	})
	if err != nil {
		return nil, err
	}
	return w.compose(string(l.Kind), message.Message{
		FromName: pub.Name, ReplyTo: w.ReplyTo, To: l.Email,
		Subject: text.Subject, Text: text.Text, HTML: text.HTML,
		MessageID: l.MessageID(pub.Salt, w.Domain), Date: l.CreatedAt, AutoSubmitted: true,
	})
}
