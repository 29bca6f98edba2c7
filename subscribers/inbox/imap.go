package inbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/client"
	"github.com/emersion/go-imap/commands"

	"postbag/digest"
	"postbag/digest/hostname"
	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

var _ bounce.Mailbox = (*IMAP)(nil)

// IMAP is a mailbox on a server. Messages that are not marked as seen are new. Those
// that were looked at are moved to the mailboxes "Done" and "Unknown" below it.
type IMAP struct {
	Host, Port, User, Password string
	Mailbox                    string
	// Plain speaks without TLS, which this machine's own server may do alone.
	Plain bool
	// TLS, when set, replaces the configuration, as in tests.
	TLS *tls.Config
}

// ParseIMAP reads an address of a mailbox: imaps://user@host/INBOX, with ":993" and
// "/INBOX" where those are left out. "imap://" is for this machine alone.
func ParseIMAP(raw string) (box IMAP, err error) {
	const hint = "For example imaps://bounces@mail.example.org/INBOX."
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Scheme != "imaps" && u.Scheme != "imap" || u.RawQuery != "" || u.Fragment != "" {
		return box, digest.Fail(digest.Invalid, hint, "it is not the address of a mailbox")
	}
	if _, has := u.User.Password(); has {
		return box, digest.Fail(digest.Invalid, "Put the password into a file that only you can read, and name that file: --bounce-imap-password-file", "it holds a password")
	}
	if u.User.Username() == "" {
		return box, digest.Fail(digest.Invalid, hint, "it names no user")
	}
	box = IMAP{Host: u.Hostname(), Port: u.Port(), User: u.User.Username(), Mailbox: strings.Trim(u.Path, "/"), Plain: u.Scheme == "imap"}
	if box.Mailbox == "" {
		box.Mailbox = "INBOX"
	}
	if box.Port == "" {
		if box.Port = "993"; box.Plain {
			box.Port = "143"
		}
	}
	if box.Plain && !hostname.Loopback(box.Host) {
		return box, digest.Fail(digest.Invalid, "Use imaps://.", "without TLS only this machine itself is asked")
	}
	return box, nil
}

// How long the server may take for one answer, and in all.
const (
	dialTime   = 20 * time.Second
	answerTime = time.Minute
)

// Each gives the new messages; see [bounce.Mailbox]. A message is marked as seen and
// moved after it was taken: after a loss of the connection between the two it is given
// once more.
func (b *IMAP) Each(ctx context.Context, most int, take func(r io.Reader, to ...string) (bounce.Place, error)) (err error) {
	c, err := b.connect(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if out := c.Logout(); err == nil && !errors.Is(out, client.ErrAlreadyLoggedOut) {
			err = out
		}
	}()
	// A context that ends ends the conversation.
	stop := context.AfterFunc(ctx, func() { _ = c.Terminate() })
	defer stop()
	if _, err := c.Select(b.Mailbox, false); err != nil {
		return b.failed("open "+b.Mailbox, err)
	}
	unseen := imap.NewSearchCriteria()
	unseen.WithoutFlags = []string{imap.SeenFlag, imap.DeletedFlag}
	ids, err := c.UidSearch(unseen)
	if err != nil {
		return b.failed("look for new messages", err)
	}
	for _, id := range ids[:min(len(ids), most)] {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.one(c, id, take); err != nil {
			return err
		}
	}
	return nil
}

func (b *IMAP) failed(what string, err error) error {
	return digest.Fail(digest.Unavailable, "", "cannot %s at %s: %w", what, net.JoinHostPort(b.Host, b.Port), err)
}

// connect signs in.
func (b *IMAP) connect(ctx context.Context) (*client.Client, error) {
	at := net.JoinHostPort(b.Host, b.Port)
	dialer := &net.Dialer{Timeout: dialTime}
	var conn net.Conn
	var err error
	if b.Plain {
		conn, err = dialer.DialContext(ctx, "tcp", at)
	} else {
		config := &tls.Config{MinVersion: tls.VersionTLS12}
		if b.TLS != nil {
			config = b.TLS.Clone()
		}
		if config.ServerName == "" {
			config.ServerName = b.Host
		}
		conn, err = (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, "tcp", at)
	}
	if err != nil {
		return nil, b.failed("connect", err)
	}
	c, err := client.New(conn)
	if err != nil {
		_ = conn.Close()
		return nil, b.failed("speak", err)
	}
	c.Timeout = answerTime
	c.ErrorLog = quiet{}
	if err := c.Login(b.User, b.Password); err != nil {
		_ = c.Terminate()
		return nil, digest.Fail(digest.Unavailable, "Check the user and the password.", "cannot sign in at %s: %w", at, err)
	}
	return c, nil
}

// quiet is the log of a library whose words come as errors anyway.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// one gives a message, marks it as seen and moves it. No more is fetched of it than is
// read.
func (b *IMAP) one(c *client.Client, id uint32, take func(r io.Reader, to ...string) (bounce.Place, error)) error {
	set := new(imap.SeqSet)
	set.AddNum(id)
	section := &imap.BodySectionName{Peek: true, Partial: []int{0, report.MostBytes + 1}}
	messages := make(chan *imap.Message, 1)
	done := make(chan error, 1)
	go func() { done <- c.UidFetch(set, []imap.FetchItem{section.FetchItem()}, messages) }()
	var body io.Reader = strings.NewReader("")
	for m := range messages {
		for _, literal := range m.Body {
			if literal != nil {
				body = literal
			}
		}
	}
	if err := <-done; err != nil {
		return b.failed("read a message", err)
	}
	place, err := take(body)
	if err != nil {
		return err
	}
	if err := c.UidStore(set, imap.FormatFlagsOp(imap.AddFlags, true), []any{imap.SeenFlag}, nil); err != nil {
		return b.failed("mark a message", err)
	}
	return b.move(c, set, string(place))
}

// move moves a message into a mailbox below this one, which is made when it is not
// there. A server that has no such names, or can neither move a message (RFC 6851) nor
// remove one alone (RFC 4315), leaves it here, as seen: EXPUNGE would remove what others
// have marked as deleted as well.
func (b *IMAP) move(c *client.Client, set *imap.SeqSet, place string) error {
	moves, err := c.Support("MOVE")
	if err != nil {
		return b.failed("ask what it can", err)
	}
	removes, err := c.Support("UIDPLUS")
	if err != nil {
		return b.failed("ask what it can", err)
	}
	if !moves && !removes {
		return nil
	}
	away := func(to string) error {
		if moves {
			if err := c.UidMove(set, to); err == nil || !removes {
				return err
			}
		}
		return copyAway(c, set, to)
	}
	to := fmt.Sprintf("%s%s%s", b.Mailbox, delimiter(c, b.Mailbox), place)
	if err = away(to); err == nil {
		return nil
	}
	if c.State() != imap.SelectedState {
		return b.failed("move a message", err)
	}
	_ = c.Create(to) // it may be there
	_ = away(to)     // else it stays
	return nil
}

// copyAway copies a message, and removes it here and no other (RFC 4315, 2.1).
func copyAway(c *client.Client, set *imap.SeqSet, to string) error {
	if err := c.UidCopy(set, to); err != nil {
		return err
	}
	if err := c.UidStore(set, imap.FormatFlagsOp(imap.AddFlags, true), []any{imap.DeletedFlag}, nil); err != nil {
		return err
	}
	status, err := c.Execute(&commands.Uid{Cmd: expunge{set}}, nil)
	if err != nil {
		return err
	}
	return status.Err()
}

// expunge removes the messages of a set that are marked as deleted.
type expunge struct{ set *imap.SeqSet }

// Command gives it as it is sent after "UID".
func (e expunge) Command() *imap.Command {
	return &imap.Command{Name: "EXPUNGE", Arguments: []any{e.set}}
}

// delimiter gives what stands between the names of a mailbox and one below it.
func delimiter(c *client.Client, mailbox string) string {
	infos := make(chan *imap.MailboxInfo, 10)
	done := make(chan error, 1)
	go func() { done <- c.List("", mailbox, infos) }()
	found := "."
	for i := range infos {
		if i.Delimiter != "" {
			found = i.Delimiter
		}
	}
	if <-done != nil {
		return "."
	}
	return found
}
