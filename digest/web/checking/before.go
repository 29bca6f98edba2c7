package checking

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"postbag/digest"
	"postbag/digest/check"
	"postbag/digest/desk"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// before makes the list of what was found.
func (a *Area) before(ctx context.Context, found check.Report, ref desk.Ref) screen.Before {
	b := screen.Before{
		Title: titleOf(found.Issue.State), Note: noteOf(found.Issue.State), Nothing: "Nothing is to be fixed.",
		Asked: a.askedOf(found, ref), ToFix: found.MustFix(), Fix: a.at(site.CheckFix, ref), Version: found.Issue.Version, Facts: facts(found),
	}
	isOver := !slices.Contains([]digest.IssueState{digest.Draft, digest.Approved}, found.Issue.State)
	if isOver {
		b.Nothing = "Nothing was found."
	}
	for _, f := range found.Findings {
		line := a.finding(frame.People(ctx), f, ref, isOver)
		if f.Seen != nil {
			b.Seen = append(b.Seen, line)
			continue
		}
		b.Findings = append(b.Findings, line)
	}
	if found.Issue.State == digest.Draft {
		b.Approve = &screen.Link{Label: "Approve and schedule", Address: a.at(site.SendScreen, ref)}
		b.EndMail = endMail(found)
	}
	return b
}

// titleOf names the list: what is to be done, or what came of it.
func titleOf(s digest.IssueState) string {
	switch {
	case s.Public():
		return "What readers got"
	case s == digest.Withdrawn:
		return "What was withdrawn"
	case s == digest.Skipped || s == digest.Cancelled:
		return "What nobody got"
	}
	return "Before it goes"
}

// noteOf says what can still be done.
func noteOf(s digest.IssueState) string {
	switch {
	case s == digest.Approved:
		return "It is approved: take the approval back to change it."
	case s == digest.Published:
		return "It is on the web and in the feed, as it stands here. The mail will be the same."
	case s.Public():
		return "Its words are out, as they stand here. What was mailed cannot change."
	}
	return ""
}

// finding makes a line of the list. Of what is over nothing is to be fixed.
func (a *Area) finding(people digest.People, f digest.Finding, ref desk.Ref, isOver bool) screen.Finding {
	line := screen.Finding{Severity: "Must fix", Class: "danger", Words: f.Words}
	if isOver {
		line.Severity, line.Class = "Found", "warning"
	}
	switch {
	case f.Seen != nil:
		line.Severity, line.Class = "Seen by "+people.Name(f.Seen.By), "quiet"
	case f.Severity() == digest.LookAt && !isOver:
		line.Severity, line.Class = "Look at", "warning"
	}
	post := func(label string, fields ...string) {
		act := screen.CheckAct{Label: label, About: f.Words}
		for i := 0; i+1 < len(fields); i += 2 {
			act.Fields = append(act.Fields, screen.HiddenField{Name: fields[i], Value: fields[i+1]})
		}
		line.Acts = append(line.Acts, act)
	}
	for _, act := range f.Acts {
		block := ""
		if len(act.Blocks) > 0 {
			block = strconv.FormatInt(act.Blocks[0], 10)
		}
		switch act.Do {
		case digest.RemoveRows:
			if isOver {
				continue
			}
		case digest.KeepRows, digest.AcceptRows:
			if isOver || f.Kind == digest.FoundChangedPick {
				continue // both are on the page that compares
			}
		}
		switch act.Do {
		case digest.RemoveRows:
			post("Take it out", "do", "remove", "block", block)
		case digest.KeepRows:
			label := "Keep what I picked"
			if f.Kind == digest.FoundRemovedPick {
				label = "Keep it, I know better"
			}
			post(label, "do", "keep", "block", block)
		case digest.AcceptRows:
			post("Update to what it says now", "do", "update", "block", block)
		case digest.AddTerm:
			post("Add to the glossary", "do", "term", "name", act.Name)
		default:
			line.Acts = append(line.Acts, screen.CheckAct{Label: labelOf(act.Do, f), Address: a.linkOf(act, ref), About: f.Words})
		}
	}
	switch {
	case f.Seen != nil:
		post("Look at it again", "do", "again", "key", f.Key())
	case f.Severity() == digest.LookAt:
		post("Seen, let it stand", "do", "seen", "key", f.Key())
	}
	return line
}

// labelOf says what a link does, as short as a line of a list allows.
func labelOf(do digest.Deed, f digest.Finding) string {
	switch {
	case f.Kind == digest.FoundLifted:
		return "Choose another"
	case f.Kind == digest.FoundOneThread:
		return "See which"
	case do == digest.TrimPick, do == digest.ShowIssue:
		return "Look"
	case do == digest.ArrangeIssue && f.Kind == digest.FoundNoTitle:
		return "Give it a title"
	}
	return do.Label()
}

// linkOf gives where an act is done.
func (a *Area) linkOf(act digest.Act, ref desk.Ref) string {
	switch {
	case act.Do == digest.ComparePick && len(act.Blocks) > 0:
		return a.at(site.ComparePick, ref, act.Blocks[0])
	case act.Do == digest.TrimPick && len(act.Blocks) > 0:
		return a.at(site.TrimScreen, ref, act.Blocks[0])
	case act.Do == digest.EndMail:
		return "#mail-ends"
	}
	act.Series = ref.Series
	return a.Site().Act(act)
}

// askedOf says how far the asking of the blogs is, or how old.
func (a *Area) askedOf(found check.Report, ref desk.Ref) screen.Asked {
	is := found.Asking
	asked := screen.Asked{Ask: a.at(site.CheckAsk, ref), Address: a.at(site.CheckAsked, ref), Open: is.IsOpen(), Notices: is.Notices, Button: "Ask the blog again"}
	picks := found.Issue.Picks()
	switch {
	case is.WantedAt.IsZero():
		asked.Words, asked.Button = "The blog has not been asked yet whether the picks are still there.", "Ask the blog"
	case is.IsOpen() && is.BeganAt.IsZero():
		asked.Words = "Asking the blog again: a worker begins with it in a moment."
	case is.IsOpen():
		asked.Done, asked.Total = is.Done, cmp.Or(is.Total, picks)
		asked.Words = fmt.Sprintf("Asked the blog again: %d of %d picks looked at, going on…", is.Done, asked.Total)
	default:
		there := 0
		for _, answer := range found.Answers {
			if answer.Said == digest.SaidThere {
				there++
			}
		}
		asked.Words = fmt.Sprintf("The blog was asked %s: %d of %d picks are there.", desk.ShortMoment(found.Series, is.DoneAt, a.Now()), there, picks)
	}
	return asked
}

// facts are what is well.
func facts(found check.Report) (all []string) {
	kinds := map[digest.FindingKind]bool{}
	for _, f := range found.Findings {
		kinds[f.Kind] = true
	}
	if !kinds[digest.FoundTooLarge] && !kinds[digest.FoundLarge] && found.Size > 0 {
		all = append(all, fmt.Sprintf("Size %d of %d KB", (found.Size+500)/1000, desk.TooLargeMail/1000))
	}
	if found.Mail {
		all = append(all, "text part complete", "unsubscribe link in both parts")
	}
	switch {
	case found.Links == 0:
	case found.Reached == found.Links:
		all = append(all, fmt.Sprintf("%s answered", counted(found.Links, "link")))
	case found.Reached > 0:
		all = append(all, fmt.Sprintf("%d of %s answered", found.Reached, counted(found.Links, "link")))
	}
	if !kinds[digest.FoundUsedBefore] {
		all = append(all, "nothing used in an earlier issue")
	}
	if !kinds[digest.FoundNearCopy] {
		all = append(all, "no near copies")
	}
	return all
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// endMail is the choice of what the mail leaves to the web; nil where there is no need
// for one.
func endMail(found check.Report) *screen.EndMail {
	if found.Size <= desk.LargeMail && found.Issue.MailEnds == 0 {
		return nil
	}
	e := &screen.EndMail{
		Words: "The mail can end after a pick, with “more comments on the web”. The page and the feed stay whole.",
		Field: screen.Field{Name: "block", Label: "The mail ends", Type: "select", Options: []screen.Option{{Value: "0", Label: "with the issue", Chosen: found.Issue.MailEnds == 0}}},
	}
	left := found.Issue.Picks()
	for _, row := range found.Rows {
		if row.Kind != digest.PickBlock {
			continue
		}
		if left--; left > 0 {
			e.Field.Options = append(e.Field.Options, screen.Option{
				Value: strconv.FormatInt(row.ID, 10), Chosen: row.ID == found.Issue.MailEnds,
				Label: fmt.Sprintf("after no. %d, with %d more on the web", row.Number, left),
			})
		}
	}
	return e
}
