package digest

import (
	"cmp"
	"time"
)

// Editor is a person with an account at the desk.
type Editor struct {
	ID    int64
	Email string // as it was typed; one account for a mailbox
	Name  string // what the desk calls them; may be empty
	Role  Role
	// CreatedAt is when the account was made; LastSeen when it was last used, zero
	// for never.
	CreatedAt, LastSeen time.Time
}

// Role is what an editor may do.
type Role string

// The roles.
const (
	// OwnerRole may do everything: invite and remove editors, change the settings of
	// the installation, import and export readers.
	OwnerRole Role = "owner"
	// EditorRole makes issues and sends them.
	EditorRole Role = "editor"
)

// May tells whether somebody with this role may do what the other role is needed for.
func (r Role) May(needed Role) bool { return r == OwnerRole || r == needed }

// Shown names the editor in a list.
func (e Editor) Shown() string { return cmp.Or(e.Name, e.Email) }

// Actor is the editor as who changes something.
func (e Editor) Actor() Actor { return Actor{Kind: ByEditor, Name: e.Email} }
