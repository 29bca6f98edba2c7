package door

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// Routes are the door's addresses.
func (d *Door) Routes() []frame.Route {
	open := func(r frame.Route) frame.Route {
		r.Open = true
		return r
	}
	owner := func(r frame.Route) frame.Route {
		r.Owner = true
		return r
	}
	large := open(frame.Post(site.SignIn, d.password))
	mail := open(frame.Post(site.SignInMail, d.mail))
	key := open(frame.Post(site.SignInPasskey, d.passkey))
	return []frame.Route{
		open(frame.Get(site.SignIn, d.signIn)), large, mail, key,
		open(frame.Get(site.SignInPasskey, d.askPasskey)),
		frame.Post(site.SignOut, d.signOut),
		open(frame.Get(site.Entrance, d.entrance)), open(frame.Post(site.Entrance, d.use)),
		open(frame.Get(site.EntrancePasskey, d.askFirst)),
		frame.Get(site.Account, d.account), frame.Post(site.Account, d.rename),
		frame.Post(site.AccountPassword, d.changePassword),
		frame.Get(site.AccountPasskeys, d.askNew), frame.Post(site.AccountPasskeys, d.addPasskey),
		frame.Post(site.AccountPasskey, d.changePasskey),
		frame.Post(site.AccountSessions, d.endSessions),
		owner(frame.Get(site.EditorsPage, d.editors)), owner(frame.Post(site.EditorsPage, d.invite)),
		owner(frame.Post(site.EditorPage, d.changeEditor)),
		owner(frame.Post(site.InvitationPage, d.withdraw)),
		owner(frame.Get(site.AuditPage, d.audit)),
	}
}

// SignIn answers somebody who has to be signed in and is not: a page is come back to
// after signing in, and what was posted is kept.
func (d *Door) SignIn(w http.ResponseWriter, r *http.Request) error {
	if frame.IsPart(r) {
		return digest.Fail(digest.NotSignedIn, "Sign in again in another tab. What you have written stays here; then do it once more.", "your session has ended").
			Offer(digest.Act{Do: digest.SignInAct})
	}
	if r.Method != http.MethodPost {
		address := d.Site().Path(site.SignIn)
		if here := d.Site().Path(site.Page(r.URL.Path)); (r.Method == http.MethodGet || r.Method == http.MethodHead) && here != d.Site().Path(site.DeskHome) {
			if r.URL.RawQuery != "" {
				here += "?" + r.URL.RawQuery
			}
			address += "?" + url.Values{"next": {here}}.Encode()
		}
		http.Redirect(w, r, address, http.StatusSeeOther)
		return nil
	}
	k := d.keep(r)
	v := d.signInView(k.Page, k.pack())
	v.Ended, v.Lost = true, k.Lost
	return d.ShowAs(w, r, http.StatusUnauthorized, v)
}

func (d *Door) signInView(next, kept string) screen.SignIn {
	at := d.Site()
	return screen.SignIn{
		Password: at.Path(site.SignIn), Mail: at.Path(site.SignInMail), Passkey: at.Path(site.SignInPasskey),
		HasPasskeys: d.accounts.HasPasskeys(), Next: next, Kept: kept,
		Email: screen.Field{Name: "email", Label: "Your address", Type: "email", Autocomplete: "username webauthn", Max: 320, Required: true},
		Word:  screen.Field{Name: "password", Label: "Password", Type: "password", Autocomplete: "current-password", Max: 1024, Required: true},
	}
}

func (d *Door) signIn(w http.ResponseWriter, r *http.Request) error {
	next := r.URL.Query().Get("next")
	if frame.Editor(r).ID != 0 {
		return d.Back(w, r, d.onTo(next), "")
	}
	if !d.isOurs(next) {
		next = ""
	}
	v := d.signInView(next, "")
	editors, err := d.accounts.Editors(r.Context())
	v.Nobody = err == nil && len(editors) == 0
	return d.Show(w, r, v)
}

// again shows the page to sign in with what is wrong.
func (d *Door) again(w http.ResponseWriter, r *http.Request, form frame.Form, wrong error) error {
	kind := digest.KindOf(wrong)
	if kind != digest.Forbidden && kind != digest.TooMany && kind != digest.Invalid && kind != digest.Conflict && kind != digest.NotFound && kind != digest.Unavailable {
		return wrong
	}
	v := d.signInView(form.Get("next"), form.Get("kept"))
	v.Email.Value = frame.Cut(form.Get("email"), 320)
	v.Problem = d.Problem(r.Context(), wrong)
	if kind == digest.Forbidden {
		v.Problem.Title = "You are not signed in"
	}
	return d.ShowAs(w, r, frame.StatusOf(wrong), v)
}

// inside begins the session, and leads on.
func (d *Door) inside(w http.ResponseWriter, r *http.Request, form frame.Form, e digest.Editor, via account.Way) error {
	if err := d.enter(w, r, e, via); err != nil {
		return err
	}
	k, is := d.unpack(form.Get("kept"))
	if !is || len(k.Fields) == 0 {
		return d.Back(w, r, d.onTo(form.Get("next")), "You are signed in.")
	}
	return d.Show(w, r, d.resend(k))
}

// resend shows what was sent before the session ended.
func (d *Door) resend(k kept) screen.SendAgain {
	v := screen.SendAgain{To: k.To, Page: d.onTo(k.Page), Lost: k.Lost}
	names := make([]string, 0, len(k.Fields))
	for name := range k.Fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range k.Fields[name] {
			v.Fields = append(v.Fields, screen.Field{Name: name, Label: strings.ReplaceAll(name, "-", " "), Value: value})
		}
	}
	return v
}

func (d *Door) password(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	e, err := d.accounts.Password(r.Context(), form.Get("email"), form.Get("password"), d.from(r))
	if err != nil {
		return d.again(w, r, form, err)
	}
	return d.inside(w, r, form, e, account.ByPassword)
}

func (d *Door) passkey(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	e, err := d.accounts.Passkey(r.Context(), account.Answer{Response: form.Get("response"), Sealed: form.Get("sealed")}, d.o.Client(r))
	if err != nil {
		return d.again(w, r, form, err)
	}
	return d.inside(w, r, form, e, account.ByPasskey)
}

// mail mails a link. The answer is the same to everybody.
func (d *Door) mail(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	if err := d.accounts.MailLink(r.Context(), form.Get("email"), d.o.Client(r)); err != nil {
		if digest.KindOf(err) != digest.Invalid {
			return err
		}
		v := d.signInView(form.Get("next"), form.Get("kept"))
		v.Email.Value, v.Email.Mistake = frame.Cut(form.Get("email"), 320), frame.Sentence(err)
		return d.Refuse(w, r, v)
	}
	v := screen.LinkMailed{Email: form.Text("email"), Back: d.Site().Path(site.SignIn)}
	if k, is := d.unpack(form.Get("kept")); is && len(k.Fields) > 0 {
		again := d.resend(k)
		v.Again = &again
	}
	return d.Show(w, r, v)
}

// question answers a browser's script, which asks a passkey then.
func (d *Door) question(w http.ResponseWriter, q account.Question, err error) error {
	w.Header().Set("Content-Type", "application/json")
	status, body := http.StatusOK, any(q)
	if err != nil {
		status, body = frame.StatusOf(err), map[string]string{"problem": frame.Sentence(err)}
	}
	packed, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.WriteHeader(status)
	_, _ = w.Write(packed) // whoever went away does not miss it
	return nil
}

func (d *Door) askPasskey(w http.ResponseWriter, r *http.Request) error {
	q, err := d.accounts.AskPasskey(r.Context())
	return d.question(w, q, err)
}

func (d *Door) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := d.browsers.Destroy(r.Context()); err != nil {
		return err
	}
	return d.Back(w, r, d.Site().Path(site.SignIn), "You are signed out.")
}

// entrance shows what a link leads to. It changes nothing: mail scanners open links.
func (d *Door) entrance(w http.ResponseWriter, r *http.Request) error {
	e, err := d.accounts.Entrance(r.Context(), r.PathValue("token"))
	if err != nil {
		return noWay(err)
	}
	return d.Show(w, r, d.entranceView(r, e))
}

// noWay offers whoever has a link that cannot be used the page to sign in.
func noWay(err error) error {
	kind := digest.KindOf(err)
	if kind != digest.NotFound && kind != digest.Conflict {
		return err
	}
	return digest.Fail(kind, digest.HintOf(err), "%w", err).Offer(digest.Act{Do: digest.SignInAct})
}

func (d *Door) entranceView(r *http.Request, e account.Entrance) screen.Entrance {
	at := d.Site()
	token := r.PathValue("token")
	v := screen.Entrance{
		Action: at.Path(site.Entrance, token), Email: e.Email, By: e.By, HasPasskeys: d.accounts.HasPasskeys(), Passkey: at.Path(site.EntrancePasskey, token),
		Kind:    string(e.Kind),
		Name:    screen.Field{Name: "name", Label: "Your name", Hint: "What the desk calls you.", Value: e.Name, Autocomplete: "name", Max: 100},
		Address: screen.Field{Name: "email", Label: "Your address", Hint: "You sign in by it, and reminders come to it.", Type: "email", Autocomplete: "username", Max: 320, Required: true},
		Word:    newWord(),
	}
	return v
}

func newWord() screen.Field {
	return screen.Field{Name: "password", Label: "A password", Hint: "At least 10 characters. Four words that do not belong together make a good one.", Type: "password", Autocomplete: "new-password", Max: 1024}
}

// use does what a link is for.
func (d *Door) use(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, token := r.Context(), r.PathValue("token")
	link, err := d.accounts.Entrance(ctx, token)
	if err != nil {
		return noWay(err)
	}
	if link.Kind == account.SignInLink {
		e, err := d.accounts.Enter(ctx, token, d.o.Client(r))
		if err != nil {
			return noWay(err)
		}
		return d.inside(w, r, form, e, account.ByLink)
	}
	n := account.Newcomer{Email: form.Get("email"), Name: form.Get("name"), Password: form.Get("password"), IP: d.o.Client(r)}
	if response := form.Get("response"); response != "" {
		n.Passkey = &account.Answer{Response: response, Sealed: form.Get("sealed")}
	}
	e, err := d.accounts.Accept(ctx, token, n)
	if err != nil {
		if digest.KindOf(err) != digest.Invalid && digest.KindOf(err) != digest.Forbidden {
			return noWay(err)
		}
		v := d.entranceView(r, link)
		v.Name.Value, v.Address.Value = frame.Cut(n.Name, 1000), frame.Cut(n.Email, 320)
		d.blame(r.Context(), &v, err)
		return d.Refuse(w, r, v)
	}
	via, to, said := account.ByInvitation, d.Site().Path(site.DeskHome), "Welcome to the desk."
	if link.Kind == account.SetUpLink {
		via, to = account.BySetUp, d.o.AfterSetUp
	}
	if err := d.enter(w, r, e, via); err != nil {
		return err
	}
	return d.Back(w, r, to, said)
}

// blame puts what is wrong beside its field.
func (d *Door) blame(ctx context.Context, v *screen.Entrance, err error) {
	text := frame.Sentence(err)
	switch account.FieldOf(err) {
	case account.NameField:
		v.Name.Mistake = text
	case account.PasswordField:
		v.Word.Mistake = text
	case account.EmailField:
		v.Address.Mistake = text
	default:
		v.Problem = d.Problem(ctx, err)
	}
}

func (d *Door) askFirst(w http.ResponseWriter, r *http.Request) error {
	q, err := d.accounts.AskFirstPasskey(r.Context(), r.PathValue("token"), r.URL.Query().Get("email"), r.URL.Query().Get("name"))
	return d.question(w, q, err)
}
