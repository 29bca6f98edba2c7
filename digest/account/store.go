package account

import (
	"context"
	"time"

	"postbag/digest"
)

// EditorChange are the fields of an editor to change; nil leaves one alone.
type EditorChange struct {
	Name *string
	Role *digest.Role
}

// Store is what this package asks of the database. Every method is one transaction.
// Tokens are given as they are; only hashes of them are kept.
type Store interface {
	// Publication gives the salt by which questions to passkeys are sealed.
	Publication(ctx context.Context) (digest.Publication, error)
	// Editors lists the editors by address.
	Editors(ctx context.Context) ([]digest.Editor, error)
	// Account gives an editor, or an error of kind NotFound.
	Account(ctx context.Context, id int64) (Account, error)
	AccountByKey(ctx context.Context, key string) (a Account, found bool, err error)
	AccountByHandle(ctx context.Context, handle []byte) (a Account, found bool, err error)
	// AddEditor stores an editor. One with the same address, and one more than
	// [MostEditors], is an error of kind Conflict.
	AddEditor(ctx context.Context, by digest.Actor, a Account) (digest.Editor, error)
	// ChangeEditor and RemoveEditor give an error of kind NotFound for nobody, and of
	// kind Conflict where the last owner would be none.
	ChangeEditor(ctx context.Context, by digest.Actor, id int64, c EditorChange) error
	RemoveEditor(ctx context.Context, by digest.Actor, id int64) error
	// SetPassword stores a password's hash, and ends the editor's links, sessions and
	// the epoch.
	SetPassword(ctx context.Context, by digest.Actor, id int64, hash string) error
	// Rehash stores another hash of the same password, unless it was changed.
	Rehash(ctx context.Context, id int64, from, to string) error

	Passkeys(ctx context.Context, editorID int64) ([]Passkey, error)
	// AddPasskey gives an error of kind Conflict for one that is known, and for one
	// more than [MostPasskeys].
	AddPasskey(ctx context.Context, by digest.Actor, p Passkey) error
	RenamePasskey(ctx context.Context, by digest.Actor, editorID, id int64, name string) error
	RemovePasskey(ctx context.Context, by digest.Actor, editorID, id int64) error
	// PassPasskey keeps that a passkey signed its editor in by the answer to a
	// challenge. A challenge that was answered before is an error of kind Conflict.
	PassPasskey(ctx context.Context, p Passkey, network, challenge string) error

	// BeginAttempt counts an attempt, if its limits allow it, as a bad one.
	BeginAttempt(ctx context.Context, a Attempt) (id int64, allowed bool, err error)
	// FailAttempt leaves it in the audit list that an attempt failed.
	FailAttempt(ctx context.Context, a Attempt) error
	// PassAttempt makes a good one of an attempt, and signs the editor in.
	PassAttempt(ctx context.Context, attempt, editorID int64, via Way) error
	// MailLink queues the letter with a link, if the address is an editor's and the
	// limits allow it, and tells whether it did.
	MailLink(ctx context.Context, a Attempt, token string, expires time.Time) (mailed bool, err error)

	AddEntrance(ctx context.Context, by digest.Actor, token string, e Entrance) error
	// AddSetUp stores the one link to set up, unless there is an editor. Those before
	// it run out.
	AddSetUp(ctx context.Context, token string, e Entrance) (made bool, err error)
	// Invite stores an invitation and queues its letter. An address that is an
	// editor's is an error of kind Conflict.
	Invite(ctx context.Context, by digest.Actor, token string, e Entrance) error
	Invitations(ctx context.Context, now time.Time) ([]Entrance, error)
	WithdrawInvitation(ctx context.Context, by digest.Actor, id int64) error
	Entrance(ctx context.Context, token string) (e Entrance, found bool, err error)
	// Enter uses a link to sign in.
	Enter(ctx context.Context, token string, now time.Time, network string) (digest.Editor, error)
	// Accept uses an invitation or the link to set up, and stores the editor.
	Accept(ctx context.Context, token string, a Account, p *Passkey, now time.Time, network string) (digest.Editor, error)

	// Session gives the session of a token unless it has run out at a moment, or
	// began before another.
	Session(ctx context.Context, token string, now, began time.Time) (s Session, found bool, err error)
	// AddSession stores a session. The oldest ones of its editor beyond
	// [MostSessions] go.
	AddSession(ctx context.Context, token string, s Session) error
	// TouchSession moves the moment at which a session was seen and that at which it
	// runs out. One that has ended stays so.
	TouchSession(ctx context.Context, token string, seen, expires time.Time) error
	// DropSession ends the session of a token.
	DropSession(ctx context.Context, token string) error
	Sessions(ctx context.Context, editorID int64, now time.Time) ([]Session, error)
	// EndSession ends one of an editor's sessions; one that is not theirs is an error of
	// kind NotFound.
	EndSession(ctx context.Context, by digest.Actor, editorID, id int64) error
	// EndSessions ends all of an editor's links, sessions and the epoch, and counts the
	// sessions.
	EndSessions(ctx context.Context, by digest.Actor, editorID int64) (int, error)

	// SweepDoor removes sessions that have run out, bad attempts of more than an hour
	// ago, good ones before a moment, and links that ended before another.
	SweepDoor(ctx context.Context, now, known, entrances time.Time) error
	SweepAudit(ctx context.Context) (int64, error)
	Audit(ctx context.Context, f digest.AuditFilter) ([]digest.Audited, error)
}
