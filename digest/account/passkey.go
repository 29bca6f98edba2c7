package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"postbag/digest"
)

// questionLife is how long a question to a passkey can be answered.
const questionLife = 5 * time.Minute

// mostAnswer bounds what a passkey may answer, in bytes.
const mostAnswer = 32 << 10

// Question is what a browser asks a passkey.
type Question struct {
	// Options are PublicKeyCredentialCreationOptionsJSON or -RequestOptionsJSON
	// (WebAuthn Level 3, 5.1.8 and 5.1.9).
	Options json.RawMessage `json:"options"`
	// Sealed comes back with the answer: what was asked, and until when, under a key
	// of the publication. Nothing is stored before the answer comes.
	Sealed string `json:"sealed"`
}

// Answer is what came back: the passkey's words as JSON, and the question's seal.
type Answer struct {
	Response string
	Sealed   string
	Name     string // what a new passkey is called
}

// question is what is sealed.
type question struct {
	Use     string
	Until   time.Time
	Session webauthn.SessionData
}

const (
	toSignIn = "sign in"
	toAdd    = "add"
)

// passkeys asks passkeys for one address of the desk.
type passkeys struct{ party *webauthn.WebAuthn }

// newPasskeys gives nil for an address that browsers take no passkey at: one without
// a name, or without encryption except on this machine.
func newPasskeys(deskURL string) *passkeys {
	u, err := url.Parse(deskURL)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	host := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(host); err == nil || u.Scheme != "https" && host != "localhost" && !strings.HasSuffix(host, ".localhost") {
		return nil
	}
	resident := true
	party, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: host, RPOrigins: []string{u.Scheme + "://" + strings.ToLower(u.Host)},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: &resident, ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationPreferred,
		},
	})
	if err != nil {
		return nil
	}
	return &passkeys{party: party}
}

// HasPasskeys tells whether the desk's address can have passkeys.
func (s *Service) HasPasskeys() bool { return s.passkeys != nil }

func errNoPasskeys() error {
	return digest.Fail(digest.Conflict, "Sign in by a password or a link, or give the desk an https address with a name.", "passkeys do not work at this address")
}

func errPasskey() error {
	return digest.Fail(digest.Forbidden, "Try again, or sign in by a password or a link.", "this passkey does not open the desk")
}

// person is an account as passkeys see it.
type person struct {
	Account
	has []webauthn.Credential
}

func (p person) WebAuthnID() []byte                         { return p.Handle }
func (p person) WebAuthnName() string                       { return p.Email }
func (p person) WebAuthnDisplayName() string                { return p.Shown() }
func (p person) WebAuthnCredentials() []webauthn.Credential { return p.has }

func personOf(a Account, keys []Passkey) (person, error) {
	p := person{Account: a}
	for _, k := range keys {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(k.Credential), &c); err != nil {
			return p, err
		}
		p.has = append(p.has, c)
	}
	return p, nil
}

// AskPasskey asks for any passkey of the desk, to sign in.
func (s *Service) AskPasskey(ctx context.Context) (Question, error) {
	if s.passkeys == nil {
		return Question{}, errNoPasskeys()
	}
	options, session, err := s.passkeys.party.BeginDiscoverableLogin()
	if err != nil {
		return Question{}, err
	}
	return s.seal(ctx, toSignIn, options.Response, *session)
}

// AskNewPasskey asks for a new passkey of whoever a session is of. One that is not
// recent is an error of kind Forbidden.
func (s *Service) AskNewPasskey(ctx context.Context, in Session) (Question, error) {
	if s.passkeys == nil {
		return Question{}, errNoPasskeys()
	}
	if err := s.recent(in); err != nil {
		return Question{}, err
	}
	a, err := s.store.Account(ctx, in.EditorID)
	if err != nil {
		return Question{}, err
	}
	keys, err := s.store.Passkeys(ctx, in.EditorID)
	if err != nil {
		return Question{}, err
	}
	p, err := personOf(a, keys)
	if err != nil {
		return Question{}, err
	}
	return s.askNew(ctx, p)
}

// AskFirstPasskey asks for the passkey of somebody who holds a link and is no editor
// yet. Its errors are those of [Service.Entrance].
func (s *Service) AskFirstPasskey(ctx context.Context, token, email, name string) (Question, error) {
	if s.passkeys == nil {
		return Question{}, errNoPasskeys()
	}
	e, err := s.Entrance(ctx, token)
	if err != nil {
		return Question{}, err
	}
	if e.Kind == InvitationLink {
		email = e.Email
	}
	a, err := s.newAccount(email, name, digest.EditorRole)
	if err != nil {
		return Question{}, err
	}
	return s.askNew(ctx, person{Account: a})
}

func (s *Service) askNew(ctx context.Context, p person) (Question, error) {
	options, session, err := s.passkeys.party.BeginRegistration(p, webauthn.WithExclusions(webauthn.Credentials(p.has).CredentialDescriptors()))
	if err != nil {
		return Question{}, err
	}
	return s.seal(ctx, toAdd, options.Response, *session)
}

// seal makes a question of options, signed by a key that only this publication has.
func (s *Service) seal(ctx context.Context, use string, options any, session webauthn.SessionData) (Question, error) {
	packed, err := json.Marshal(options)
	if err != nil {
		return Question{}, err
	}
	inside, err := json.Marshal(question{Use: use, Until: s.clock.Now().Add(questionLife), Session: session})
	if err != nil {
		return Question{}, err
	}
	key, err := sealingKey(ctx, s.store)
	if err != nil {
		return Question{}, err
	}
	b64 := base64.RawURLEncoding
	return Question{Options: packed, Sealed: b64.EncodeToString(inside) + "." + b64.EncodeToString(signed(key, inside))}, nil
}

func sealingKey(ctx context.Context, store Store) ([]byte, error) {
	pub, err := store.Publication(ctx)
	return signed(pub.Salt, []byte("questions to passkeys")), err
}

func signed(key, words []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(words)
	return mac.Sum(nil)
}

// opened gives what was asked, if the seal is whole and there is time left.
func opened(ctx context.Context, store Store, sealed, use string, now time.Time) (q question, err error) {
	key, err := sealingKey(ctx, store)
	if err != nil {
		return q, err
	}
	inside, mac, _ := strings.Cut(sealed, ".")
	words, err1 := base64.RawURLEncoding.DecodeString(inside)
	sum, err2 := base64.RawURLEncoding.DecodeString(mac)
	if len(sealed) > mostAnswer || err1 != nil || err2 != nil || !hmac.Equal(sum, signed(key, words)) || json.Unmarshal(words, &q) != nil || q.Use != use {
		return q, errPasskey()
	}
	if now.After(q.Until) {
		return q, digest.Fail(digest.Forbidden, "Press the button once more.", "the passkey took too long to answer")
	}
	return q, nil
}

// Passkey signs an editor in by the answer of a passkey. The error is of kind Forbidden
// for one that does not open.
func (s *Service) Passkey(ctx context.Context, answer Answer, ip string) (digest.Editor, error) {
	if s.passkeys == nil {
		return digest.Editor{}, errNoPasskeys()
	}
	if len(answer.Response) > mostAnswer {
		return digest.Editor{}, errPasskey()
	}
	q, err := opened(ctx, s.store, answer.Sealed, toSignIn, s.clock.Now())
	if err != nil {
		return digest.Editor{}, err
	}
	network := NetworkOf(ip)
	fail := func() (digest.Editor, error) {
		if err := s.store.FailAttempt(ctx, Attempt{Kind: PasskeyAttempt, Network: network}); err != nil {
			return digest.Editor{}, err
		}
		return digest.Editor{}, errPasskey()
	}
	response, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer.Response))
	if err != nil {
		return fail()
	}
	var of Account
	var keys []Passkey
	var trouble error
	find := func(_, handle []byte) (webauthn.User, error) {
		var found bool
		if of, found, trouble = s.store.AccountByHandle(ctx, handle); trouble != nil || !found {
			return nil, errPasskey()
		}
		if keys, trouble = s.store.Passkeys(ctx, of.ID); trouble != nil {
			return nil, trouble
		}
		return personOf(of, keys)
	}
	_, credential, err := s.passkeys.party.ValidatePasskeyLogin(find, q.Session, response)
	switch {
	case trouble != nil:
		return digest.Editor{}, trouble
	case err != nil, credential.Authenticator.CloneWarning:
		return fail()
	}
	packed, err := json.Marshal(credential)
	if err != nil {
		return digest.Editor{}, err
	}
	for _, k := range keys {
		if string(k.CredentialID) == string(credential.ID) {
			k.Credential = string(packed)
			sum := sha256.Sum256([]byte(q.Session.Challenge))
			if err := s.store.PassPasskey(ctx, k, network, hex.EncodeToString(sum[:])); err != nil {
				return digest.Editor{}, err
			}
			return of.Editor, nil
		}
	}
	return fail()
}

// AddPasskey gives whoever a session is of the passkey that answered. A session that is
// not recent is an error of kind Forbidden.
func (s *Service) AddPasskey(ctx context.Context, in Session, answer Answer) error {
	if err := s.recent(in); err != nil {
		return err
	}
	a, err := s.store.Account(ctx, in.EditorID)
	if err != nil {
		return err
	}
	key, handle, err := s.passkeys.made(ctx, s.store, answer, s.clock.Now())
	if err != nil {
		return err
	}
	if string(handle) != string(a.Handle) { // it was asked for somebody else
		return errNotMade()
	}
	key.EditorID = a.ID
	return s.store.AddPasskey(ctx, a.Actor(), key)
}

func errNotMade() error {
	return digest.Fail(digest.Invalid, "Try again, or choose a password.", "the passkey could not be made")
}

// made checks the answer of a new passkey, and gives the handle that it was made for.
func (p *passkeys) made(ctx context.Context, store Store, answer Answer, now time.Time) (key Passkey, handle []byte, err error) {
	if p == nil {
		return key, nil, errNoPasskeys()
	}
	if len(answer.Response) > mostAnswer {
		return key, nil, errNotMade()
	}
	q, err := opened(ctx, store, answer.Sealed, toAdd, now)
	if err != nil {
		return key, nil, err
	}
	response, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer.Response))
	if err != nil {
		return key, nil, errNotMade()
	}
	credential, err := p.party.CreateCredential(person{Account: Account{Handle: q.Session.UserID}}, q.Session, response)
	if err != nil {
		return key, nil, errNotMade()
	}
	packed, err := json.Marshal(credential)
	if err != nil {
		return key, nil, err
	}
	name, err := passkeyName(answer.Name, now)
	return Passkey{Name: name, CredentialID: credential.ID, Credential: string(packed), Created: now}, q.Session.UserID, err
}

func passkeyName(name string, now time.Time) (string, error) {
	name, err := cleanName(name)
	if name == "" {
		name = "Passkey of " + now.UTC().Format("2 January 2006")
	}
	return name, err
}

// Passkeys lists an editor's passkeys, the oldest first.
func (s *Service) Passkeys(ctx context.Context, editorID int64) ([]Passkey, error) {
	return s.store.Passkeys(ctx, editorID)
}

// RenamePasskey changes what one of an editor's passkeys is called.
func (s *Service) RenamePasskey(ctx context.Context, e digest.Editor, id int64, name string) error {
	name, err := passkeyName(name, s.clock.Now())
	if err != nil {
		return err
	}
	return s.store.RenamePasskey(ctx, e.Actor(), e.ID, id, name)
}

// RemovePasskey takes a passkey away. A session that is not recent is an error of kind
// Forbidden.
func (s *Service) RemovePasskey(ctx context.Context, e digest.Editor, in Session, id int64) error {
	if err := s.recent(in); err != nil {
		return err
	}
	return s.store.RemovePasskey(ctx, e.Actor(), e.ID, id)
}
