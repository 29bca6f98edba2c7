package mail

import (
	"crypto/tls"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/hostname"
	"postbag/subscribers/deliver"
)

// Security is how a connection to an SMTP server is encrypted.
type Security string

// The ways of encryption.
const (
	// ImplicitTLS speaks TLS from the first byte (RFC 8314, 3.3): smtps://.
	ImplicitTLS Security = "implicit"
	// RequireStartTLS refuses a server that does not offer STARTTLS; the
	// default for every host but this machine's own, and wherever a user signs in.
	RequireStartTLS Security = "starttls"
	// OfferedStartTLS takes STARTTLS where it is offered; the default for this
	// machine's own addresses where nobody signs in.
	OfferedStartTLS Security = "offered"
	// NoTLS speaks in clear; allowed to this machine's own addresses only.
	NoTLS Security = "none"
)

// Settings say where mail goes. ParseSettings makes them; the zero value is not
// useful.
type Settings struct {
	Host     string // of the SMTP server
	Port     string
	User     string // "" signs in nowhere
	Security Security
	Dir      string // of the outbox; "" for SMTP
	// TLS, if set, is the base of every TLS session, so that an owner's own
	// certificate authority can be trusted. Its ServerName and MinVersion are
	// set here.
	TLS *tls.Config

	password string
}

const settingsHint = "Use outbox:DIR, smtp://user@host:587 or smtps://user@host:465."

// ParseSettings reads where mail goes: "outbox:DIR", "smtp://user@host:587" or
// "smtps://user@host:465". "?tls=none" speaks in clear to this machine only,
// "?tls=starttls" insists on encryption there too. The password comes from
// elsewhere, see [Settings.WithPassword]: one inside the address is refused, because
// it would be in process lists and logs. Errors are of kind Invalid and never repeat
// a password.
func ParseSettings(address string) (Settings, error) {
	if dir, ok := strings.CutPrefix(address, "outbox:"); ok {
		return parseOutbox(dir)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" {
		// The cause would repeat the address with all that is in it.
		return Settings{}, digest.Fail(digest.Invalid, withScheme(address), "the mail server's address cannot be read")
	}
	if _, has := u.User.Password(); has {
		return Settings{}, digest.Fail(digest.Invalid, "Put the password into a file of its own, or into POSTBAG_SMTP_PASSWORD.",
			"the mail server's address contains a password")
	}
	s := Settings{Host: u.Hostname(), Port: u.Port(), User: u.User.Username()}
	if s.Host == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		// A password with a slash in it ends up in the path: nothing is repeated.
		return Settings{}, digest.Fail(digest.Invalid, settingsHint, "the mail server's address is not complete, or has something after the port")
	}
	if n, err := strconv.Atoi(s.Port); s.Port != "" && (err != nil || n < 1 || n > 65535) {
		return Settings{}, digest.Fail(digest.Invalid, "Ports go from 1 to 65535; mail servers mostly take 587 or 465.", "the mail server's port cannot be %s", s.Port)
	}
	if s.Port == "" {
		s.Port = map[string]string{"smtp": "587", "smtps": "465"}[u.Scheme]
	}
	if s.Security, err = security(u, s.Loopback()); err != nil {
		return Settings{}, err
	}
	return s, nil
}

// WithPassword gives the settings with the account's password. The error is of kind
// Invalid when there is an account and no password, or one that cannot be said.
func (s Settings) WithPassword(password string) (Settings, error) {
	s.password = password
	return s, s.checkAccount()
}

// withScheme is the hint about an address that cannot be read: where it is only the
// name of a server, how it is written whole.
func withScheme(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = address, ""
	}
	if !strings.Contains(host, ".") || !hostname.Valid(hostname.Normal(host)) || strings.Trim(port, "0123456789") != "" {
		return settingsHint // it may hold anything, a password too
	}
	scheme := "smtp://"
	if port == "465" {
		scheme = "smtps://"
	}
	return "Write its beginning, too: " + scheme + address
}

func parseOutbox(dir string) (Settings, error) {
	if dir == "" {
		return Settings{}, digest.Fail(digest.Invalid, "For example outbox:outbox.", "the outbox has no directory")
	}
	return Settings{Dir: filepath.Clean(dir)}, nil
}

// security reads the scheme and the "tls" parameter. What it does not know it
// refuses: a mistyped word must not mean less encryption.
func security(u *url.URL, loopback bool) (Security, error) {
	query := u.Query()
	want := query.Get("tls")
	query.Del("tls")
	if len(query) > 0 {
		return "", digest.Fail(digest.Invalid, `Only "tls" is known.`, "the mail server's address has unknown parameters")
	}
	switch {
	case u.Scheme == "smtps" && want == "":
		return ImplicitTLS, nil
	case u.Scheme == "smtps":
		return "", digest.Fail(digest.Invalid, "smtps:// is always encrypted; leave ?tls= out.", "smtps:// and ?tls=%s do not go together", want)
	case want == "starttls", want == "" && (!loopback || u.User.Username() != ""):
		return RequireStartTLS, nil
	case want == "":
		return OfferedStartTLS, nil
	case want == "none" && loopback:
		return NoTLS, nil
	case want == "none":
		return "", digest.Fail(digest.Forbidden, "Leave ?tls=none out, or use smtps://.", "mail to %s must be encrypted", u.Hostname())
	}
	return "", digest.Fail(digest.Invalid, "Use ?tls=starttls, ?tls=none, or nothing.", "?tls=%s is not known", want)
}

func (s Settings) checkAccount() error {
	if strings.ContainsAny(s.User+s.password, "\x00\r\n") {
		return digest.Fail(digest.Invalid, "Check both for line breaks.", "the mail account's user or password contains a control character")
	}
	if s.User != "" && s.password == "" {
		return digest.Fail(digest.Invalid, "Put it into a file of its own, or into POSTBAG_SMTP_PASSWORD.",
			"the mail account %q has no password", s.User)
	}
	return nil
}

// IsOutbox tells whether nothing leaves this machine.
func (s Settings) IsOutbox() bool { return s.Dir != "" }

// Loopback tells whether the server is this machine by its name or address.
func (s Settings) Loopback() bool {
	return hostname.Loopback(s.Host)
}

// String names the destination without the password, for logs and notices.
func (s Settings) String() string {
	switch {
	case s.IsOutbox():
		return "outbox:" + s.Dir
	case s.Security == ImplicitTLS:
		return "smtps://" + s.server()
	}
	return "smtp://" + s.server()
}

// GoString keeps the password out of %#v.
func (s Settings) GoString() string { return "mail.Settings(" + s.String() + ")" }

func (s Settings) server() string { return net.JoinHostPort(s.Host, s.Port) }

// NewTransport gives the transport that the settings ask for. hello is the name
// this machine calls itself by (RFC 5321, 4.1.1.1), usually the domain of the
// sender; the outbox needs none.
func NewTransport(s Settings, hello string) deliver.Transport {
	if s.IsOutbox() {
		return &Outbox{dir: s.Dir}
	}
	return &SMTP{settings: s, hello: hello}
}
