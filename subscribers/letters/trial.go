package letters

import (
	"cmp"
	"time"

	"postbag/subscribers/message"
)

// Trial makes the mail by which an operator sees whether mail arrives, and what the
// receiving server says of its sender. Its id has to be new each time.
func (w Writer) Trial(f Facts, to, id string, at time.Time) ([]byte, error) {
	name := cmp.Or(f.Publication.Name, "Postbag")
	return w.compose("trial", message.Message{
		FromName: name, ReplyTo: w.ReplyTo, To: to,
		Subject: "[Test] Mail of " + name + " arrives",
		Text: `This mail was sent to see whether mail arrives. It did: the mails to your
readers go the same way.

Look at its source as well ("Show original", or "View source"). In the line
Authentication-Results it should say spf=pass, dkim=pass and dmarc=pass, and
the domain in header.d or header.from should be that of

    ` + w.From + `

If it landed in the spam folder, or one of the three says something else, look
at what the set-up or "postbag doctor" says of the domain.

Links in the mails lead to
` + w.Site.Base + `

-- 
` + name + "\n",
		MessageID: id + "@" + w.Domain, Date: at, AutoSubmitted: true,
	})
}
