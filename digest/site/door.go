package site

// The desk's door: where somebody comes in, and what is about the accounts.
const (
	SignIn          Page = "/desk/sign-in"
	SignInPasskey   Page = "/desk/sign-in/passkey"
	SignInMail      Page = "/desk/sign-in/mail" // asks for a link by mail
	SignInAgain     Page = "/desk/sign-in/again"
	SignOut         Page = "/desk/sign-out"
	Entrance        Page = "/desk/link/{token}" // a link that leads in: to sign in, an invitation, the set-up
	EntrancePasskey Page = "/desk/link/{token}/passkey"
	Account         Page = "/desk/account"
	AccountPassword Page = "/desk/account/password"
	AccountPasskeys Page = "/desk/account/passkeys"
	AccountPasskey  Page = "/desk/account/passkeys/{passkey}"
	AccountSessions Page = "/desk/account/sessions"
	Editors         Page = "/desk/editors"
	EditorOf        Page = "/desk/editors/{editor}"
	Audit           Page = "/desk/audit"
)
