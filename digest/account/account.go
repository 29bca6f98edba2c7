package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/address"
)

// How long links live, and how long a network is known.
const (
	MailedLife     = 15 * time.Minute
	PrintedLife    = 24 * time.Hour
	InvitationLife = 7 * 24 * time.Hour
	KnownLife      = 90 * 24 * time.Hour
	// mailAgain is the least time between two mailed links to one account; from a
	// network that is known it is mailAgainKnown.
	mailAgain      = 5 * time.Minute
	mailAgainKnown = 30 * time.Second
	// entranceKept is how long a link is remembered that can no longer be used, to
	// say why.
	entranceKept = 30 * 24 * time.Hour
)

// Bounds of what is kept.
const (
	MostEditors  = 200
	MostPasskeys = 20 // of one editor
	MostSessions = 20 // of one editor; the oldest goes
	mostName     = 100
)

// Account is an editor with what signs in.
type Account struct {
	digest.Editor
	Key      string // of the address
	Password string // its hash, "" for none
	Handle   []byte // what passkeys know the editor by
	// Epoch counts new passwords and signings out everywhere: what a browser was known
	// by before is worth nothing after.
	Epoch int64
}

// EntranceKind is what a link that leads in is for.
type EntranceKind string

// The kinds of links.
const (
	SetUpLink      EntranceKind = "set-up"
	SignInLink     EntranceKind = "sign-in"
	InvitationLink EntranceKind = "invitation"
)

// Entrance is a link that leads in. Its token is not kept.
type Entrance struct {
	ID       int64
	Kind     EntranceKind
	EditorID int64 // whom a link to sign in is for
	Email    string
	Key      string
	Name     string
	Role     digest.Role // what an invited person becomes
	By       string      // who made it
	Created  time.Time
	Expires  time.Time // zero for never
	Used     time.Time
}

// Trouble says why a link cannot be used at a moment: an error of kind Conflict, nil
// when it can.
func (e Entrance) Trouble(now time.Time) error {
	hint := "Ask for a new link."
	if e.Kind == InvitationLink {
		hint = "Ask whoever invited you for a new one."
	}
	switch {
	case !e.Used.IsZero():
		return digest.Fail(digest.Conflict, hint, "this link was used already; it works once")
	case e.Kind == SetUpLink && !e.Expires.IsZero(): // it ends by being replaced alone
		return digest.Fail(digest.Conflict, "A newer link was printed when Postbag was started again; look there.", "this link was replaced by a newer one")
	case !e.Expires.IsZero() && !now.Before(e.Expires):
		return digest.Fail(digest.Conflict, hint, "this link has run out")
	}
	return nil
}

// Passkey is a passkey of an editor.
type Passkey struct {
	ID           int64
	EditorID     int64
	Name         string
	CredentialID []byte
	Credential   string // JSON of what verifies it
	Created      time.Time
	LastUsed     time.Time
}

// Way is how somebody got in.
type Way string

// The ways in.
const (
	ByPassword   Way = "password"
	ByPasskey    Way = "passkey"
	ByLink       Way = "link"
	BySetUp      Way = "set-up"
	ByInvitation Way = "invitation"
)

// Session is a browser in which an editor is signed in.
type Session struct {
	ID       int64     `json:"id"`
	EditorID int64     `json:"editor"`
	Via      Way       `json:"via"`
	Agent    string    `json:"agent"`
	Network  string    `json:"network"`
	Began    time.Time `json:"began"`
	Seen     time.Time `json:"seen"`
	Expires  time.Time `json:"expires"`
}

// Attempt is somebody who tries to get in, or asks for a link by mail.
type Attempt struct {
	Kind    AttemptKind
	Key     string // of the address
	Network string
	// Device is the browser, if it was signed in to the account before; "" for a
	// stranger's. Its attempts are counted by it alone.
	Device string
	Limits Limits
}

// AttemptKind is what is tried.
type AttemptKind string

// The kinds of attempts. Good ones of all kinds make a network known; bad ones are
// counted of passwords and mails.
const (
	PasswordAttempt AttemptKind = "password"
	PasskeyAttempt  AttemptKind = "passkey"
	LinkAttempt     AttemptKind = "link"
	MailAttempt     AttemptKind = "mail"
)

// Limits bound bad attempts within an hour.
type Limits struct {
	PerNetwork        int // passwords from one network
	PerAccountNetwork int // passwords for one account from one network, or in one known browser
	PerAccount        int // passwords for one account from networks that it does not know
	MailsPerNetwork   int // mails asked for from one network
}

// DefaultLimits let a person mistype and keep machines out.
func DefaultLimits() Limits {
	return Limits{PerNetwork: 30, PerAccountNetwork: 10, PerAccount: 30, MailsPerNetwork: 10}
}

// Tried counts the bad attempts of the last hour, and when the account was last
// mailed a link.
type Tried struct {
	Network        int // from this network
	AccountNetwork int // for this account from this network, or in this known browser
	Account        int // for this account from networks that it does not know
	Known          bool
	LastMail       time.Time
}

// Allow tells whether one more attempt is allowed, by what was tried so far.
func (l Limits) Allow(a Attempt, t Tried, now time.Time) bool {
	if a.Device != "" {
		return t.AccountNetwork < l.PerAccountNetwork
	}
	if a.Kind == MailAttempt {
		again := mailAgain
		if t.Known {
			again = mailAgainKnown
		}
		return t.Network < l.MailsPerNetwork && now.Sub(t.LastMail) >= again
	}
	return t.Network < l.PerNetwork && t.AccountNetwork < l.PerAccountNetwork && (t.Known || t.Account < l.PerAccount)
}

// Options are what a [Service] is made of. Store and Clock are needed.
type Options struct {
	Store Store
	Clock digest.Clock
	// URL is what the desk's addresses begin with, for passkeys.
	URL    string
	Limits Limits // the zero value means [DefaultLimits]
	Log    *slog.Logger
}

// Service looks after the editors. It is safe for concurrent use.
type Service struct {
	store    Store
	clock    digest.Clock
	limits   Limits
	log      *slog.Logger
	passkeys *passkeys // nil where the desk's address cannot have any
	hashing  hashing
}

// New makes a service.
func New(o Options) *Service {
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{
		store: o.Store, clock: o.Clock, limits: o.Limits, log: o.Log,
		passkeys: newPasskeys(o.URL), hashing: newHashing(),
	}
}

// Now is the moment by the service's clock.
func (s *Service) Now() time.Time { return s.clock.Now() }

// NetworkOf gives the network that attempts are counted by, "" for none.
func NetworkOf(ip string) string {
	if addr, err := netip.ParseAddr(ip); err == nil && addr.Unmap().IsLoopback() {
		return ""
	}
	return address.NetworkOf(ip)
}

// Editors lists the editors by address.
func (s *Service) Editors(ctx context.Context) ([]digest.Editor, error) {
	all, err := s.store.Editors(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the editors: %w", err)
	}
	return all, nil
}

// Editor gives an editor, or an error of kind NotFound.
func (s *Service) Editor(ctx context.Context, id int64) (digest.Editor, error) {
	a, err := s.store.Account(ctx, id)
	return a.Editor, err
}

// ByEmail gives the editor with an address, or an error of kind NotFound.
func (s *Service) ByEmail(ctx context.Context, email string) (Account, error) {
	addr, err := address.Parse(email)
	if err != nil {
		return Account{}, err
	}
	a, found, err := s.store.AccountByKey(ctx, addr.Key)
	if err == nil && !found {
		err = digest.Fail(digest.NotFound, "", "there is no editor %s", addr.Email).
			Offer(digest.Act{Do: digest.ListEditors}, digest.Act{Do: digest.AddEditor, Name: addr.Email})
	}
	return a, err
}

// Field is what of an account's form an error is about.
type Field string

// The fields.
const (
	EmailField    Field = "email"
	NameField     Field = "name"
	PasswordField Field = "password"
)

// wrong is an error about a field.
type wrong struct {
	Field
	error
}

// Unwrap gives what is wrong.
func (w wrong) Unwrap() error { return w.error }

// about says which field an error is about.
func about(f Field, err error) error {
	if err == nil {
		return nil
	}
	return wrong{f, err}
}

// FieldOf gives the field that an error is about, "" for none.
func FieldOf(err error) Field {
	w, _ := errors.AsType[wrong](err)
	return w.Field
}

// newAccount makes an account of what was typed.
func (s *Service) newAccount(email, name string, role digest.Role) (Account, error) {
	addr, err := address.Parse(email)
	if err != nil {
		return Account{}, about(EmailField, err)
	}
	name, err = cleanName(name)
	if err != nil {
		return Account{}, err
	}
	if role != digest.OwnerRole && role != digest.EditorRole {
		return Account{}, digest.Fail(digest.Invalid, "Choose owner or editor.", "%q is no role", string(role))
	}
	return Account{
		Editor: digest.Editor{Email: addr.Email, Name: name, Role: role, CreatedAt: s.clock.Now()},
		Key:    addr.Key, Handle: newHandle(),
	}, nil
}

// cleanName makes one line of a name.
func cleanName(name string) (string, error) {
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if utf8.RuneCountInString(name) > mostName {
		return "", about(NameField, digest.Fail(digest.Invalid, "Shorten it.", "a name has at most %d characters", mostName))
	}
	return name, nil
}

// Add makes an editor who signs in by a link at first. A known address is an error of
// kind Conflict.
func (s *Service) Add(ctx context.Context, by digest.Actor, email, name string, role digest.Role) (digest.Editor, error) {
	a, err := s.newAccount(email, name, role)
	if err != nil {
		return digest.Editor{}, err
	}
	e, err := s.store.AddEditor(ctx, by, a)
	if err != nil {
		return digest.Editor{}, fmt.Errorf("add the editor: %w", err)
	}
	return e, nil
}

// SetRole changes what an editor may do. The last owner stays one: an error of kind
// Conflict.
func (s *Service) SetRole(ctx context.Context, by digest.Actor, id int64, role digest.Role) error {
	if role != digest.OwnerRole && role != digest.EditorRole {
		return digest.Fail(digest.Invalid, "Choose owner or editor.", "%q is no role", string(role))
	}
	return s.store.ChangeEditor(ctx, by, id, EditorChange{Role: &role})
}

// Rename changes what an editor is called.
func (s *Service) Rename(ctx context.Context, by digest.Actor, id int64, name string) error {
	name, err := cleanName(name)
	if err != nil {
		return err
	}
	return s.store.ChangeEditor(ctx, by, id, EditorChange{Name: &name})
}

// Remove removes an editor, whose sessions end at once. The last owner stays: an error
// of kind Conflict.
func (s *Service) Remove(ctx context.Context, by digest.Actor, id int64) error {
	return s.store.RemoveEditor(ctx, by, id)
}

// SetPassword sets an editor's password, as a command does. All sessions end.
func (s *Service) SetPassword(ctx context.Context, by digest.Actor, id int64, password string) error {
	a, err := s.store.Account(ctx, id)
	if err != nil {
		return err
	}
	return s.setPassword(ctx, by, a, password)
}

func (s *Service) setPassword(ctx context.Context, by digest.Actor, a Account, password string) error {
	if err := CheckPassword(password, a.Email, a.Name); err != nil {
		return err
	}
	hash, err := s.hashing.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.store.SetPassword(ctx, by, a.ID, hash)
}

// RecentLife is how long after it began a session is proof enough to change what signs
// in. A session that was copied, or left open, is older as a rule.
const RecentLife = 15 * time.Minute

// IsRecent tells whether a session began so lately that it may change what signs in.
func (s *Service) IsRecent(in Session) bool {
	return s.clock.Now().Sub(in.Began) < RecentLife
}

// NeedsPassword tells whether a change of the password asks for the present one: not
// where there is none, and not just after signing in, which is what somebody does
// by a link who has forgotten it.
func (s *Service) NeedsPassword(a Account, in Session) bool {
	return a.Password != "" && !s.IsRecent(in)
}

// recent refuses a session that is not recent: an error of kind Forbidden.
func (s *Service) recent(in Session) error {
	if s.IsRecent(in) {
		return nil
	}
	return digest.Fail(digest.Forbidden, "Sign out here, sign in again, and do it within 15 minutes.", "this needs that you have just signed in")
}

// Account gives an editor with what signs in.
func (s *Service) Account(ctx context.Context, id int64) (Account, error) {
	return s.store.Account(ctx, id)
}

// ChangePassword sets one's own password, and ends all of one's sessions: the caller
// begins a new one. A wrong present one counts as an attempt, and is an error of
// kind Forbidden, as is a first password in a session that is not recent.
func (s *Service) ChangePassword(ctx context.Context, in Session, from From, present, password string) error {
	a, err := s.store.Account(ctx, in.EditorID)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, a.Email, a.Name); err != nil {
		return err
	}
	switch {
	case a.Password == "":
		if err := s.recent(in); err != nil {
			return err
		}
	case s.NeedsPassword(a, in):
		if _, err := s.passwordOf(ctx, a.Email, present, from); err != nil {
			return err
		}
	}
	return s.setPassword(ctx, a.Actor(), a, password)
}

// errWrong is the one answer to an address and a password that do not open.
func errWrong() error {
	return digest.Fail(digest.Forbidden, "Check both, or ask for a link by mail.", "this address and this password do not belong together")
}

func errTooMany() error {
	return digest.Fail(digest.TooMany, "Use a passkey or a link by mail, which work at once, or wait an hour.", "there were too many wrong passwords")
}

// From is where somebody is who tries a password.
type From struct {
	IP     string // "" for none
	Device string // what the browser is known by, made by [Service.Device]; "" for nothing
}

// Password signs an editor in by the password. The error is of kind Forbidden where the
// two do not belong together, whatever is wrong, and of kind TooMany after too
// many attempts.
func (s *Service) Password(ctx context.Context, email, password string, from From) (digest.Editor, error) {
	a, err := s.passwordOf(ctx, email, password, from)
	return a.Editor, err
}

func (s *Service) passwordOf(ctx context.Context, email, password string, from From) (Account, error) {
	key := strings.ToLower(strings.TrimSpace(email))
	if addr, err := address.Parse(email); err == nil {
		key = addr.Key
	}
	if len(key) > 320 || len(password) > mostPassword {
		return Account{}, errWrong()
	}
	a, _, err := s.store.AccountByKey(ctx, key)
	if err != nil {
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	device, err := s.deviceOf(ctx, from.Device, a)
	if err != nil {
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	try := Attempt{Kind: PasswordAttempt, Key: key, Network: NetworkOf(from.IP), Device: device, Limits: s.limits}
	attempt, allowed, err := s.store.BeginAttempt(ctx, try)
	if err != nil {
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	if !allowed {
		return Account{}, errTooMany()
	}
	// The same is hashed where there is nothing to compare it with.
	good, old, err := s.hashing.compare(ctx, cmp.Or(a.Password, s.hashing.noPassword()), password)
	if err != nil {
		return Account{}, err
	}
	if !good || a.Password == "" {
		if err := s.store.FailAttempt(ctx, try); err != nil {
			return Account{}, fmt.Errorf("sign in: %w", err)
		}
		return Account{}, errWrong()
	}
	if err := s.store.PassAttempt(ctx, attempt, a.ID, ByPassword); err != nil {
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	if old {
		if hash, err := s.hashing.hash(ctx, password); err == nil {
			if err := s.store.Rehash(ctx, a.ID, a.Password, hash); err != nil {
				s.log.WarnContext(ctx, "a password's hash was not renewed", "error", err)
			}
		}
	}
	return a, nil
}

// MailLink mails a link to sign in to an address, if it is an editor's and the limits
// allow it. The answer is the same and costs the same to every address; one that
// is none gives an error of kind Invalid.
func (s *Service) MailLink(ctx context.Context, email, ip string) error {
	addr, err := address.Parse(email)
	if err != nil {
		return err
	}
	token := subscribers.NewToken()
	mailed, err := s.store.MailLink(ctx, Attempt{Kind: MailAttempt, Key: addr.Key, Network: NetworkOf(ip), Limits: s.limits}, token, s.clock.Now().Add(MailedLife))
	if err != nil {
		return fmt.Errorf("mail a link: %w", err)
	}
	s.log.InfoContext(ctx, "a link to the desk was asked for", "letter", mailed)
	return nil
}

// PrintLink makes a link to sign in, for a command to print. It gives its token.
func (s *Service) PrintLink(ctx context.Context, by digest.Actor, a Account) (token string, expires time.Time, err error) {
	token, expires = subscribers.NewToken(), s.clock.Now().Add(PrintedLife)
	err = s.store.AddEntrance(ctx, by, token, Entrance{
		Kind: SignInLink, EditorID: a.ID, Email: a.Email, Key: a.Key, By: by.String(), Created: s.clock.Now(), Expires: expires,
	})
	return token, expires, err
}

// Invite mails an invitation. The address of an editor is an error of kind Conflict;
// a new invitation of the same address replaces the one before.
func (s *Service) Invite(ctx context.Context, by digest.Editor, email, name string, role digest.Role) error {
	a, err := s.newAccount(email, name, role)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	return s.store.Invite(ctx, by.Actor(), subscribers.NewToken(), Entrance{
		Kind: InvitationLink, Email: a.Email, Key: a.Key, Name: a.Name, Role: role, By: by.Shown(),
		Created: now, Expires: now.Add(InvitationLife),
	})
}

// Invitations lists the invitations that can still be accepted, the newest first.
func (s *Service) Invitations(ctx context.Context) ([]Entrance, error) {
	return s.store.Invitations(ctx, s.clock.Now())
}

// Withdraw takes an invitation back.
func (s *Service) Withdraw(ctx context.Context, by digest.Actor, id int64) error {
	return s.store.WithdrawInvitation(ctx, by, id)
}

// SetUpToken makes the one link by which the first owner comes in, in place of any
// before it; "" where there is an editor.
func (s *Service) SetUpToken(ctx context.Context) (token string, err error) {
	token = subscribers.NewToken()
	made, err := s.store.AddSetUp(ctx, token, Entrance{Kind: SetUpLink, By: "serve", Created: s.clock.Now()})
	if err != nil || !made {
		return "", err
	}
	return token, nil
}

// Entrance looks at a link without using it. One that stands for nothing is an error
// of kind NotFound, one that cannot be used any more of kind Conflict.
func (s *Service) Entrance(ctx context.Context, token string) (Entrance, error) {
	if _, ok := subscribers.TokenKey(token); !ok {
		return Entrance{}, errNoLink()
	}
	e, found, err := s.store.Entrance(ctx, token)
	if err != nil {
		return e, err
	}
	if !found {
		return e, errNoLink()
	}
	return e, e.Trouble(s.clock.Now())
}

func errNoLink() error {
	return digest.Fail(digest.NotFound, "Use the whole link, or ask for a new one.", "this link stands for nothing")
}

// Enter uses a link to sign in. Its errors are those of [Service.Entrance].
func (s *Service) Enter(ctx context.Context, token, ip string) (digest.Editor, error) {
	e, err := s.Entrance(ctx, token)
	if err != nil {
		return digest.Editor{}, err
	}
	if e.Kind != SignInLink {
		return digest.Editor{}, digest.Fail(digest.Conflict, "", "this link is no link to sign in")
	}
	return s.store.Enter(ctx, token, s.clock.Now(), NetworkOf(ip))
}

// Newcomer is what somebody says who accepts an invitation or sets the desk up: a
// password, or the answer of a passkey, or both.
type Newcomer struct {
	Email    string // of the first owner; an invited person's is that of the invitation
	Name     string
	Password string
	Passkey  *Answer
	IP       string
}

// Accept makes an editor of somebody who was invited, or the first owner of whoever
// has the link to set up. Its errors are those of [Service.Entrance], of kind
// Invalid for what was typed, and of kind Conflict where somebody came before.
func (s *Service) Accept(ctx context.Context, token string, n Newcomer) (digest.Editor, error) {
	e, err := s.Entrance(ctx, token)
	if err != nil {
		return digest.Editor{}, err
	}
	email, role := e.Email, e.Role
	switch e.Kind {
	case SetUpLink:
		email, role = n.Email, digest.OwnerRole
	case InvitationLink:
	default:
		return digest.Editor{}, digest.Fail(digest.Conflict, "", "this link is no invitation")
	}
	a, err := s.newAccount(email, n.Name, role)
	if err != nil {
		return digest.Editor{}, err
	}
	var key *Passkey
	if n.Passkey != nil {
		made, handle, err := s.passkeys.made(ctx, s.store, *n.Passkey, s.clock.Now())
		if err != nil {
			return digest.Editor{}, err
		}
		key, a.Handle = &made, handle
	}
	if n.Password != "" || key == nil {
		if err := CheckPassword(n.Password, a.Email, a.Name); err != nil {
			return digest.Editor{}, err
		}
		if a.Password, err = s.hashing.hash(ctx, n.Password); err != nil {
			return digest.Editor{}, err
		}
	}
	return s.store.Accept(ctx, token, a, key, s.clock.Now(), NetworkOf(n.IP))
}

// Sessions lists an editor's sessions, the last used first.
func (s *Service) Sessions(ctx context.Context, editorID int64) ([]Session, error) {
	return s.store.Sessions(ctx, editorID, s.clock.Now())
}

// EndSession ends one of an editor's sessions. One that has ended, and one of somebody
// else, is an error of kind NotFound.
func (s *Service) EndSession(ctx context.Context, e digest.Editor, id int64) error {
	return s.store.EndSession(ctx, e.Actor(), e.ID, id)
}

// EndSessions ends all of an editor's sessions, and counts them. The browsers are
// strangers from then on.
func (s *Service) EndSessions(ctx context.Context, e digest.Editor) (int, error) {
	return s.store.EndSessions(ctx, e.Actor(), e.ID)
}

// Sweep removes what is kept for a time only: sessions, attempts and links that are of
// no use any more, and the end of the audit list.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.clock.Now()
	if err := s.store.SweepDoor(ctx, now, now.Add(-KnownLife), now.Add(-entranceKept)); err != nil {
		return err
	}
	_, err := s.store.SweepAudit(ctx)
	return err
}

// Audit lists who changed what, the newest first.
func (s *Service) Audit(ctx context.Context, f digest.AuditFilter) ([]digest.Audited, error) {
	return s.store.Audit(ctx, f)
}
