package keeping

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/subscribers"
	"postbag/templates/screen"
)

// settlement says what it would mean to decide about mails that are in doubt or were
// refused: all of an issue, or one reader's.
func (a *Area) settlement(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	asking, err := readAsking(r.URL.Query())
	if err != nil {
		return err
	}
	q, err := a.Sender.Settling(r.Context(), ref, asking)
	if err != nil {
		return err
	}
	back := screen.Link{Label: "Leave it", Address: a.Site().Desk(site.PastIssue, ref.Series, q.Issue.Number)}
	if q.Rows == 0 {
		return a.Back(w, r, back.Address, "Somebody has decided about it meanwhile.")
	}
	page := screen.Consequence{
		Title: settleTitles[q.As], Button: settleButtons[q.As], Danger: q.As == dispatch.SendAgain, Lines: q.Consequence(),
		Action: a.Site().Desk(site.SettleMails, ref.Series, q.Issue.Number), Back: back,
		Hidden: []screen.Field{{Name: "state", Value: string(q.State)}, {Name: "as", Value: string(q.As)},
			{Name: "asked", Value: strconv.FormatInt(q.Asked.UnixMicro(), 10)}},
	}
	for _, id := range q.Readers {
		page.Hidden = append(page.Hidden, screen.Field{Name: "reader", Value: strconv.FormatInt(id, 10)})
	}
	return a.Show(w, r, page)
}

var settleTitles = map[dispatch.Verdict]string{
	dispatch.Arrived: "It arrived", dispatch.SendAgain: "Send it again", dispatch.NotArrived: "Give it up",
}

var settleButtons = map[dispatch.Verdict]string{
	dispatch.Arrived: "Count as sent", dispatch.SendAgain: "Send again", dispatch.NotArrived: "Count as not sent",
}

// readAsking reads what is to be decided from a form or a query.
func readAsking(values url.Values) (dispatch.Asking, error) {
	form := frame.Form{Values: values}
	asking := dispatch.Asking{State: subscribers.DeliveryState(form.Text("state")), As: dispatch.Verdict(form.Text("as")), Readers: form.Numbers("reader")}
	if len(asking.Readers) != len(values["reader"]) {
		return asking, digest.Fail(digest.Invalid, "Open it from the page of the issue.", "it is not said whose mail is meant")
	}
	if micros := form.Number("asked"); micros != 0 {
		asking.Asked = time.UnixMicro(micros)
	}
	return asking, nil
}

// settle decides, as the page said that was shown.
func (a *Area) settle(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	asking, err := readAsking(form.Values)
	if err != nil {
		return err
	}
	if asking.Asked.IsZero() {
		return digest.Fail(digest.Invalid, "Open the page that says what it means, and press its button.", "it is not said which mails were meant")
	}
	q, err := a.Sender.Settling(r.Context(), ref, asking)
	if err != nil {
		return err
	}
	n, err := a.Sender.Settle(r.Context(), frame.By(r), q)
	if err != nil {
		return err
	}
	said := "Nothing was done: somebody has decided about it meanwhile."
	if n > 0 {
		said = plural(n, "mail "+settled[q.As][0], "mails "+settled[q.As][1])
	}
	return a.Back(w, r, a.Site().Desk(site.PastIssue, ref.Series, q.Issue.Number), said)
}

var settled = map[dispatch.Verdict][2]string{
	dispatch.Arrived:    {"counts as sent.", "count as sent."},
	dispatch.SendAgain:  {"waits to be sent again.", "wait to be sent again."},
	dispatch.NotArrived: {"counts as not sent.", "count as not sent."},
}
