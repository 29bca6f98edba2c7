package mail

import (
	"errors"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

var (
	errNoMechanism = errors.New("the server offers no way of signing in that is known here")
	errClearText   = errors.New("the connection is not encrypted, so the password stays here")
)

// signIn uses the best mechanism on offer: the ones that do not show the
// password come first.
func (t *SMTP) signIn(client *smtp.Client) error {
	s := t.settings
	if s.User == "" {
		return nil
	}
	_, encrypted := client.TLSConnectionState()
	encrypted = encrypted || s.Security == ImplicitTLS
	if !encrypted && s.Security != NoTLS {
		return errClearText
	}
	_, offer := client.Extension("AUTH")
	auth := s.mechanism(strings.Fields(strings.ToUpper(offer)))
	if auth == nil {
		return errNoMechanism
	}
	return client.Auth(auth)
}

func (s Settings) mechanism(offered []string) smtp.Auth {
	has := func(name string) bool { return slices.Contains(offered, name) }
	switch {
	case has("SCRAM-SHA-256"):
		return smtp.ScramSHA256Auth(s.User, s.password)
	case has("SCRAM-SHA-1"):
		return smtp.ScramSHA1Auth(s.User, s.password)
	case has("CRAM-MD5"):
		return smtp.CRAMMD5Auth(s.User, s.password)
	case has("PLAIN"):
		return smtp.PlainAuth("", s.User, s.password, s.Host, s.Loopback())
	case has("LOGIN"):
		return smtp.LoginAuth(s.User, s.password, s.Host, s.Loopback())
	}
	return nil
}
