package door

import (
	"errors"
	"net/http"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// account shows an editor's own page.
func (d *Door) account(w http.ResponseWriter, r *http.Request) error {
	v, err := d.accountView(r)
	if err != nil {
		return err
	}
	return d.Show(w, r, v)
}

func (d *Door) accountView(r *http.Request) (v screen.Account, err error) {
	ctx, e, at := r.Context(), frame.Editor(r), d.Site()
	in, _ := d.present(ctx)
	a, err := d.accounts.Account(ctx, e.ID)
	if err != nil {
		return v, err
	}
	keys, err := d.accounts.Passkeys(ctx, e.ID)
	if err != nil {
		return v, err
	}
	sessions, err := d.accounts.Sessions(ctx, e.ID)
	if err != nil {
		return v, err
	}
	v = screen.Account{
		Editor: e, Action: at.Path(site.Account), PasswordAction: at.Path(site.AccountPassword), PasskeyAction: at.Path(site.AccountPasskeys),
		SessionsAction: at.Path(site.AccountSessions), SignOut: at.Path(site.SignOut),
		HasPasskeys: d.accounts.HasPasskeys(), HasPassword: a.Password != "", NeedsPassword: d.accounts.NeedsPassword(a, in), Recent: d.accounts.IsRecent(in),
		Name:    screen.Field{Name: "name", Label: "Your name", Hint: "What the desk calls you.", Value: e.Name, Autocomplete: "name", Max: 100},
		Present: screen.Field{Name: "present-password", Label: "The present password", Type: "password", Autocomplete: "current-password", Max: 1024, Required: true},
		Word:    newWord(),
		KeyName: screen.Field{Name: "key-name", Label: "What to call it", Hint: "For example: my phone.", Max: 100},
	}
	v.Word.Label, v.Word.Required = "The new password", true
	if e.Role == digest.OwnerRole {
		v.Links = []screen.Link{{Label: "The editors", Address: at.Path(site.EditorsPage)}, {Label: "Who did what", Address: at.Path(site.AuditPage)}}
	}
	for _, k := range keys {
		v.Passkeys = append(v.Passkeys, screen.Passkey{
			Action: at.Path(site.AccountPasskey, k.ID), Name: k.Name, Added: d.Day(ctx, k.Created), Used: d.Day(ctx, k.LastUsed),
		})
	}
	for _, s := range sessions {
		v.Sessions = append(v.Sessions, screen.Session{ID: s.ID, Agent: s.Agent, Network: s.Network, Began: d.Moment(ctx, s.Began), Seen: d.Moment(ctx, s.Seen), Here: s.ID == in.ID})
	}
	return v, nil
}

// refuse shows the account page with what is wrong beside a field.
func (d *Door) refuse(w http.ResponseWriter, r *http.Request, wrong error, mark func(v *screen.Account, text string)) error {
	kind := digest.KindOf(wrong)
	if kind == digest.Internal || kind == digest.Unavailable {
		return wrong
	}
	v, err := d.accountView(r)
	if err != nil {
		return errors.Join(wrong, err)
	}
	mark(&v, frame.Sentence(wrong))
	return d.ShowAs(w, r, frame.StatusOf(wrong), v)
}

func (d *Door) rename(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	if err := d.accounts.Rename(r.Context(), frame.By(r), frame.Editor(r).ID, form.Get("name")); err != nil {
		return d.refuse(w, r, err, func(v *screen.Account, text string) {
			v.Name.Value, v.Name.Mistake = frame.Cut(form.Get("name"), 1000), text
		})
	}
	return d.Back(w, r, d.Site().Path(site.Account), "Your name is saved.")
}

func (d *Door) changePassword(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	in, _ := d.present(r.Context())
	err = d.accounts.ChangePassword(r.Context(), in, d.from(r), form.Get("present-password"), form.Get("password"))
	if err != nil {
		return d.refuse(w, r, err, func(v *screen.Account, text string) {
			if account.FieldOf(err) == account.PasswordField {
				v.Word.Mistake = text
				return
			}
			if v.Present.Mistake = text; !v.NeedsPassword {
				v.Word.Mistake = text
			}
		})
	}
	if err := d.enter(w, r, frame.Editor(r), in.Via); err != nil {
		return err
	}
	return d.Back(w, r, d.Site().Path(site.Account), "Your password is changed. You are signed out in all other browsers.")
}

func (d *Door) askNew(w http.ResponseWriter, r *http.Request) error {
	in, _ := d.present(r.Context())
	q, err := d.accounts.AskNewPasskey(r.Context(), in)
	return d.question(w, q, err)
}

func (d *Door) addPasskey(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	in, _ := d.present(r.Context())
	err = d.accounts.AddPasskey(r.Context(), in, account.Answer{Response: form.Get("response"), Sealed: form.Get("sealed"), Name: form.Get("key-name")})
	if err != nil {
		return d.refuse(w, r, err, func(v *screen.Account, text string) {
			v.KeyName.Value, v.KeyName.Mistake = frame.Cut(form.Get("key-name"), 1000), text
		})
	}
	return d.Back(w, r, d.Site().Path(site.Account), "The passkey is added. You can sign in by it from now on.")
}

func (d *Door) changePasskey(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "passkey")
	if err != nil {
		return err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	in, _ := d.present(r.Context())
	said := "The passkey is renamed."
	if form.Is("remove") {
		said, err = "The passkey is removed. It opens the desk no more.", d.accounts.RemovePasskey(r.Context(), frame.Editor(r), in, id)
	} else {
		err = d.accounts.RenamePasskey(r.Context(), frame.Editor(r), id, form.Get("name"))
	}
	if err != nil {
		return err
	}
	return d.Back(w, r, d.Site().Path(site.Account), said)
}

func (d *Door) endSessions(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, e := r.Context(), frame.Editor(r)
	if id := form.Number("session"); id != 0 {
		if err := d.accounts.EndSession(ctx, e, id); err != nil {
			return err
		}
		return d.Back(w, r, d.Site().Path(site.Account), "That browser is signed out.")
	}
	if _, err := d.accounts.EndSessions(ctx, e); err != nil {
		return err
	}
	return d.Back(w, r, d.Site().Path(site.SignIn), "You are signed out everywhere.")
}
