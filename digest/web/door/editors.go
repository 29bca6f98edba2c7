package door

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

func (d *Door) editors(w http.ResponseWriter, r *http.Request) error {
	v, err := d.editorsView(r)
	if err != nil {
		return err
	}
	return d.Show(w, r, v)
}

func roles(chosen digest.Role) []screen.Option {
	return []screen.Option{
		{Value: string(digest.EditorRole), Label: "Editor: makes issues and sends them", Chosen: chosen != digest.OwnerRole},
		{Value: string(digest.OwnerRole), Label: "Owner: may also change settings, and who is an editor", Chosen: chosen == digest.OwnerRole},
	}
}

func (d *Door) editorsView(r *http.Request) (v screen.Editors, err error) {
	ctx, at := r.Context(), d.Site()
	all, err := d.accounts.Editors(ctx)
	if err != nil {
		return v, err
	}
	invitations, err := d.accounts.Invitations(ctx)
	if err != nil {
		return v, err
	}
	v = screen.Editors{
		Action: at.Path(site.EditorsPage),
		Email:  screen.Field{Name: "email", Label: "Address", Type: "email", Autocomplete: "off", Max: 320, Required: true},
		Name:   screen.Field{Name: "name", Label: "Name", Autocomplete: "off", Max: 100},
		Role:   screen.Field{Name: "role", Label: "As", Type: "select", Options: roles(digest.EditorRole)},
	}
	people := digest.PeopleOf(all)
	for _, e := range all {
		v.Editors = append(v.Editors, screen.EditorRow{
			Action: at.Path(site.EditorPage, e.ID), Email: e.Email, Name: e.Name, Owner: e.Role == digest.OwnerRole,
			Since: d.Day(ctx, e.CreatedAt), Seen: d.Moment(ctx, e.LastSeen), You: e.ID == frame.Editor(r).ID,
		})
	}
	for _, e := range invitations {
		v.Invitations = append(v.Invitations, screen.Invitation{
			Action: at.Path(site.InvitationPage, e.ID), Email: e.Email, Name: e.Name, Owner: e.Role == digest.OwnerRole, By: people.Name(digest.Actor{Kind: digest.ByEditor, Name: e.By}), Until: d.Moment(ctx, e.Expires),
		})
	}
	return v, nil
}

func (d *Door) invite(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	role := digest.Role(form.Get("role"))
	wrong := d.accounts.Invite(r.Context(), frame.Editor(r), form.Get("email"), form.Get("name"), role)
	if wrong == nil {
		return d.Back(w, r, d.Site().Path(site.EditorsPage), "The invitation to "+form.Text("email")+" is on its way.")
	}
	if kind := digest.KindOf(wrong); kind != digest.Invalid && kind != digest.Conflict {
		return wrong
	}
	v, err := d.editorsView(r)
	if err != nil {
		return err
	}
	v.Email.Value, v.Name.Value, v.Role.Options = frame.Cut(form.Get("email"), 320), frame.Cut(form.Get("name"), 1000), roles(role)
	if account.FieldOf(wrong) == account.NameField {
		v.Name.Mistake = frame.Sentence(wrong)
	} else {
		v.Email.Mistake = frame.Sentence(wrong)
	}
	return d.ShowAs(w, r, frame.StatusOf(wrong), v)
}

func (d *Door) changeEditor(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "editor")
	if err != nil {
		return err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	said := "The role is changed."
	if form.Is("remove") {
		said, err = "The editor is removed, and signed out everywhere.", d.accounts.Remove(r.Context(), frame.By(r), id)
	} else {
		err = d.accounts.SetRole(r.Context(), frame.By(r), id, digest.Role(form.Get("role")))
	}
	if err != nil {
		return err
	}
	return d.Back(w, r, d.Site().Path(site.EditorsPage), said)
}

func (d *Door) withdraw(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "invitation")
	if err != nil {
		return err
	}
	if err := d.accounts.Withdraw(r.Context(), frame.By(r), id); err != nil {
		return err
	}
	return d.Back(w, r, d.Site().Path(site.EditorsPage), "The invitation is taken back. Its link works no more.")
}

// auditRows is how many rows a page of the audit list has.
const auditRows = 100

func (d *Door) audit(w http.ResponseWriter, r *http.Request) error {
	q, at := r.URL.Query(), d.Site()
	f := digest.AuditFilter{By: frame.Cut(q.Get("who"), 200), Did: digest.Doing(frame.Cut(q.Get("what"), 60)), Limit: auditRows + 1}
	v := screen.Audit{
		Action: at.Path(site.AuditPage),
		Who:    screen.Field{Name: "who", Label: "Who", Value: f.By, Autocomplete: "off", Max: 200},
		What:   screen.Field{Name: "what", Label: "What", Type: "select", Options: []screen.Option{{Label: "Anything"}}},
		Since:  screen.Field{Name: "since", Label: "Since", Type: "date", Value: frame.Cut(q.Get("since"), 20)},
	}
	for _, doing := range doings() {
		v.What.Options = append(v.What.Options, screen.Option{Value: string(doing), Label: doing.Label(), Chosen: doing == f.Did})
	}
	if v.Since.Value != "" {
		since, err := time.Parse(time.DateOnly, v.Since.Value)
		if err != nil {
			v.Since.Mistake = "Write a date as 2026-03-08."
			return d.Refuse(w, r, v)
		}
		f.Since = since
	}
	f.Before, _ = strconv.ParseInt(q.Get("before"), 10, 64)
	all, err := d.accounts.Audit(r.Context(), f)
	if err != nil {
		return err
	}
	if len(all) > auditRows {
		all = all[:auditRows]
		next := url.Values{"who": {f.By}, "what": {string(f.Did)}, "since": {v.Since.Value}, "before": {strconv.FormatInt(all[auditRows-1].ID, 10)}}
		v.Older = at.Path(site.AuditPage) + "?" + next.Encode()
	}
	people := frame.People(r.Context())
	for _, a := range all {
		row := screen.AuditRow{When: d.Moment(r.Context(), a.At), Who: people.Name(a.By), Did: a.Did.Words(), On: a.On, Words: a.Words}
		if a.Times > 1 {
			row.Times, row.Last = a.Times, d.Moment(r.Context(), a.Last)
		}
		v.Rows = append(v.Rows, row)
	}
	v.IsFiltered = f.By != "" || f.Did != "" || !f.Since.IsZero() || f.Before != 0
	return d.Show(w, r, v)
}

// doings lists what can be done, by its words.
func doings() []digest.Doing {
	all := digest.Doings()
	slices.SortFunc(all, func(a, b digest.Doing) int {
		if a.Label() < b.Label() {
			return -1
		}
		return 1
	})
	return all
}
