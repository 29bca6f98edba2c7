package setup

import (
	"context"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/schedule"
)

// Form is what is asked about the series, as it was typed.
type Form struct {
	Name        string
	Number      string // the first one
	Plan        schedule.Plan
	Zone        string
	Publication string // the name on the masthead
	Postal      string // the postal address in mails
}

// The parts of a [Form], by which [Form.Check] names mistakes.
const (
	NamePart        = "name"
	NumberPart      = "number"
	SchedulePart    = "schedule"
	ZonePart        = "zone"
	PublicationPart = "publication"
)

// FormOf gives a series as the form asks for it.
func FormOf(s digest.Series, p digest.Publication) Form {
	return Form{
		Name: s.Name, Number: strconv.Itoa(s.NextNumber), Plan: schedule.PlanOf(s.Schedule), Zone: s.Zone,
		Publication: p.Name, Postal: p.PostalAddress,
	}
}

// Check gives the change that the form asks for, and what is wrong with which of its
// parts; nothing is wrong when it is empty.
func (f Form) Check() (change desk.Settings, wrong map[string]error) {
	wrong = map[string]error{}
	if strings.TrimSpace(f.Name) == "" {
		wrong[NamePart] = digest.Fail(digest.Invalid, `Such as "Pick of the Week".`, "the series needs a name")
	}
	if strings.TrimSpace(f.Publication) == "" {
		wrong[PublicationPart] = digest.Fail(digest.Invalid, "Most take the blog's.", "what readers see needs a name")
	}
	number, err := strconv.Atoi(strings.TrimSpace(f.Number))
	if err != nil || number < 1 || number > digest.MaxNumber {
		wrong[NumberPart] = digest.Fail(digest.Invalid, "", "write a whole number from 1 to %d", digest.MaxNumber)
	}
	zone := strings.TrimSpace(f.Zone)
	if _, err := digest.LoadZone(zone); err != nil {
		wrong[ZonePart] = err
	}
	expr, err := f.Plan.Cron()
	if err == nil {
		_, err = schedule.Parse(expr, "UTC")
	}
	if err != nil {
		wrong[SchedulePart] = err
	}
	return desk.Settings{Name: &f.Name, NextNumber: &number, Schedule: &expr, Zone: &zone, Publication: &f.Publication, PostalAddress: &f.Postal}, wrong
}

// Words says when issues go out by a form, with the next three moments; see
// [schedule.InWords].
func (s *Service) Words(f Form) (schedule.Words, error) {
	expr, err := f.Plan.Cron()
	if err != nil {
		return schedule.Words{}, err
	}
	return schedule.InWords(expr, strings.TrimSpace(f.Zone), s.o.Clock.Now())
}

// Form gives the first series as the form asks for it.
func (s *Service) Form(ctx context.Context) (Form, error) {
	at, err := s.Standing(ctx)
	if err != nil {
		return Form{}, err
	}
	if at.Series.ID == 0 {
		return Form{}, noBlog()
	}
	pub, err := s.o.Store.Publication(ctx)
	form := FormOf(at.Series, pub)
	if at.Draft != 0 { // the worker has opened the first one
		form.Number = strconv.Itoa(at.Draft)
	}
	return form, err
}

// SetSeries changes the first series and takes its settings as they are then. An error
// changes nothing.
func (s *Service) SetSeries(ctx context.Context, by digest.Actor, change desk.Settings) error {
	at, err := s.Standing(ctx)
	if err != nil {
		return err
	}
	if at.Series.ID == 0 {
		return noBlog()
	}
	if change.NextNumber != nil && *change.NextNumber == at.Draft {
		change.NextNumber = nil // the draft has it
	}
	if _, err := s.o.Desk.Set(ctx, by, at.Series.Slug, change); err != nil {
		return err
	}
	return s.o.Store.MarkSetup(ctx, Marks{Series: s.o.Clock.Now()})
}
