package screen

import "postbag/digest"

// SignIn is the page to sign in.
type SignIn struct {
	Password, Mail, Passkey string // where each way in posts to
	HasPasskeys             bool
	Email, Word             Field
	// Next is where somebody goes on; Kept what was sent when the session had ended,
	// packed; Lost tells that not all of it could be kept.
	Next, Kept  string
	Ended, Lost bool
	Nobody      bool // there is no editor yet
	Problem     *Problem
}

// Heading names the screen.
func (SignIn) Heading() (name, title string) { return "signin", "Sign in" }

// Mistakes gives the fields with a mistake.
func (v SignIn) Mistakes() []Field { return Mistakes(v.Email, v.Word) }

// LinkMailed says that a link is on its way, if there is such an account.
type LinkMailed struct {
	Email, Back string
	Again       *SendAgain // what was sent when the session had ended
}

// Heading names the screen.
func (LinkMailed) Heading() (name, title string) { return "linkmailed", "Look into your mail" }

// SendAgain shows what was sent when the session had ended, and sends it again.
type SendAgain struct {
	To     string // where it goes, and
	Page   string // the page that it came from
	Fields []Field
	Lost   bool
}

// Heading names the screen.
func (SendAgain) Heading() (name, title string) { return "sendagain", "You are signed in again" }

// Shown gives the fields that a person has written into.
func (v SendAgain) Shown() (all []Field) {
	for _, f := range v.Fields {
		if len(f.Value) >= 20 {
			all = append(all, f)
		}
	}
	return all
}

// Entrance is the page of a link that leads in: one button, or the first steps of
// somebody new.
type Entrance struct {
	Kind                string // "sign-in", "invitation" or "set-up"
	Action, Passkey     string
	Email, By           string
	HasPasskeys         bool
	Name, Address, Word Field
	Problem             *Problem
}

// Heading names the screen.
func (v Entrance) Heading() (name, title string) {
	switch v.Kind {
	case "invitation":
		return "entrance", "Come to the desk"
	case "set-up":
		return "entrance", "Set up the desk"
	}
	return "entrance", "Sign in"
}

// Mistakes gives the fields with a mistake.
func (v Entrance) Mistakes() []Field { return Mistakes(v.Name, v.Address, v.Word) }

// Account is an editor's own page.
type Account struct {
	Editor                                                         digest.Editor
	Action, PasswordAction, PasskeyAction, SessionsAction, SignOut string
	Name, Present, Word, KeyName                                   Field
	HasPasskeys, HasPassword, NeedsPassword                        bool
	Recent                                                         bool // the session may change what signs in
	Passkeys                                                       []Passkey
	Sessions                                                       []Session
	Links                                                          []Link // what owners may see
}

// Heading names the screen.
func (Account) Heading() (name, title string) { return "account", "Your account" }

// Mistakes gives the fields with a mistake.
func (v Account) Mistakes() []Field { return Mistakes(v.Name, v.KeyName, v.Present, v.Word) }

// Passkey is one of an editor's passkeys.
type Passkey struct{ Action, Name, Added, Used string }

// Session is a browser in which an editor is signed in.
type Session struct {
	ID                          int64
	Agent, Network, Began, Seen string
	Here                        bool
}

// Editors is the page of the editors, for owners.
type Editors struct {
	Action            string
	Editors           []EditorRow
	Invitations       []Invitation
	Email, Name, Role Field
}

// Heading names the screen.
func (Editors) Heading() (name, title string) { return "editors", "Editors" }

// Mistakes gives the fields with a mistake.
func (v Editors) Mistakes() []Field { return Mistakes(v.Email, v.Name, v.Role) }

// EditorRow is one editor.
type EditorRow struct {
	Action, Email, Name, Since, Seen string
	Owner, You                       bool
}

// Shown is what the editor is called.
func (e EditorRow) Shown() string {
	if e.Name != "" {
		return e.Name
	}
	return e.Email
}

// Invitation is one that can still be accepted.
type Invitation struct {
	Action, Email, Name, By, Until string
	Owner                          bool
}

// Audit is the list of who did what.
type Audit struct {
	Action           string
	Who, What, Since Field
	Rows             []AuditRow
	Older            string
	IsFiltered       bool
}

// Heading names the screen.
func (Audit) Heading() (name, title string) { return "audit", "Who did what" }

// Mistakes gives the fields with a mistake.
func (v Audit) Mistakes() []Field { return Mistakes(v.Since) }

// AuditRow is one change, or several of the same.
type AuditRow struct {
	When, Who, Did, On, Words string
	Times                     int
	Last                      string
}
