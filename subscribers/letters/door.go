package letters

import (
	"cmp"
	"time"

	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/subscribers/message"
	"postbag/templates"
)

// DeskURL gives the address of a page of the desk.
func (w Writer) DeskURL(p site.Page, value ...any) string {
	desk := w.Desk
	desk.Base = cmp.Or(desk.Base, w.Site.Base)
	return desk.URL(p, value...)
}

// signIn brings an editor a link that signs in.
func (w Writer) signIn(f Facts, l subscribers.Letter) ([]byte, error) {
	text, err := w.Set.SignInMail(w.door(f, l))
	return w.toEditor(f, l, text, err)
}

// invitation asks somebody to become an editor.
func (w Writer) invitation(f Facts, l subscribers.Letter) ([]byte, error) {
	text, err := w.Set.InvitationMail(w.door(f, l))
	return w.toEditor(f, l, text, err)
}

func (w Writer) door(f Facts, l subscribers.Letter) templates.DoorView {
	return templates.DoorView{
		Publication: f.Publication.Name, HomeURL: w.Site.URL(site.Home), URL: w.DeskURL(site.Entrance, l.Token),
		Name: l.Name, By: l.By, Life: life(l), Language: f.Publication.Language,
	}
}

// life says how long the link of a letter works, from the moment the letter was made.
func life(l subscribers.Letter) time.Duration {
	if l.Expires.IsZero() {
		return 0
	}
	return l.Expires.Sub(l.CreatedAt).Round(time.Minute)
}

// toEditor makes the message of a letter to an editor.
func (w Writer) toEditor(f Facts, l subscribers.Letter, text templates.MailText, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return w.compose(string(l.Kind), message.Message{
		FromName: f.Publication.Name, To: l.Email,
		Subject: text.Subject, Text: text.Text, HTML: text.HTML,
		MessageID: l.MessageID(f.Publication.Salt, w.Domain), Date: l.CreatedAt, AutoSubmitted: true,
	})
}
