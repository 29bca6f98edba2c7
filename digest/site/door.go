package site

// The desk's door, besides [SignIn], [SignOut] and [Account]: where somebody comes in,
// and what is about the accounts.
const (
	SignInPasskey   Page = SignIn + "/passkey"
	SignInMail      Page = SignIn + "/mail"  // asks for a link by mail
	SignInAgain     Page = SignIn + "/again" // what was typed before a session ended
	Entrance        Page = Desk + "/link/{token}"
	EntrancePasskey Page = Entrance + "/passkey"
	Reminder        Page = Desk + "/reminders/{token}/{reply}" // what a link of a reminder leads to
	AccountPassword Page = Account + "/password"
	AccountPasskeys Page = Account + "/passkeys"
	AccountPasskey  Page = Account + "/passkeys/{passkey}"
	AccountSessions Page = Account + "/sessions"
	EditorsPage     Page = Desk + "/editors"
	EditorPage      Page = Desk + "/editors/{editor}"
	InvitationPage  Page = Desk + "/editors/invitations/{invitation}"
)
