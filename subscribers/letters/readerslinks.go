package letters

import (
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/subscribers/message"
	"postbag/templates"
)

// readersLinks brings a reader the links to leave and to choose.
func (w Writer) readersLinks(f Facts, l subscribers.Letter) ([]byte, error) {
	pub := f.Publication
	leave := w.Site.URL(site.Unsubscribe, l.Token)
	text, err := w.Set.LinksMail(templates.LinksView{
		Publication: pub.Name, Series: f.Series, HomeURL: w.Site.URL(site.Home), Language: pub.Language, PostalAddress: pub.PostalAddress,
		Unsubscribe: leave, Preferences: w.Site.URL(site.Preferences, l.Token),
	})
	if err != nil {
		return nil, err
	}
	return w.compose(string(l.Kind), message.Message{
		FromName: pub.Name, ReplyTo: w.ReplyTo, To: l.Email,
		Subject: text.Subject, Text: text.Text, HTML: text.HTML,
		MessageID: l.MessageID(pub.Salt, w.Domain), Date: l.CreatedAt, AutoSubmitted: true,
		ListUnsubscribe: w.unsubscribe(l.Token), OneClick: true,
	})
}
