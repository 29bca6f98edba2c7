package desk

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"postbag/digest"
)

// NewSeries says what a further series is to be. Only its Name is needed.
type NewSeries struct {
	Name string
	Slug string // in addresses; made of the name where it is empty
	// Title is the pattern of issue titles; [digest.DefaultSeriesTitle] where it is empty.
	Title       string
	Schedule    string // five-field cron expression; [digest.DefaultSeriesSchedule] where it is empty
	Zone        string // IANA name; that of the first series where it is empty
	FirstNumber int    // 1 where it is 0
	// Sources are the blogs that it takes comments of; none means all that are followed.
	Sources []int64
}

// maxSlug bounds a slug, which stands in addresses and in the ids of feeds.
const maxSlug = 60

// AddSeries makes a further series, with numbers and a feed of its own. What another
// series is and was called, its numbers and its ids stay as they are. The error is of
// kind Conflict for a slug that another has, Invalid for what cannot be a series, and
// NotFound for a blog that is not followed.
func (d *Desk) AddSeries(ctx context.Context, by digest.Actor, n NewSeries) (digest.Series, error) {
	all, err := d.store.SeriesList(ctx)
	if err != nil {
		return digest.Series{}, err
	}
	if n.Zone == "" && len(all) > 0 {
		n.Zone = all[0].Zone
	}
	if n.Title == "" {
		n.Title = digest.DefaultSeriesTitle
	}
	if n.Schedule == "" {
		n.Schedule = digest.DefaultSeriesSchedule
	}
	if n.FirstNumber == 0 {
		n.FirstNumber = 1
	}
	set := Settings{Name: &n.Name, Title: &n.Title, Schedule: &n.Schedule, Zone: &n.Zone, NextNumber: &n.FirstNumber}
	if err := set.clean(); err != nil {
		return digest.Series{}, err
	}
	if err := set.checkSchedule(digest.Series{}); err != nil {
		return digest.Series{}, err
	}
	series := digest.Series{
		Name: *set.Name, Title: *set.Title, Schedule: *set.Schedule, Zone: *set.Zone, NextNumber: *set.NextNumber,
		Slug: n.Slug, Deadline: digest.Hold, CreatedAt: d.clock.Now(),
	}
	if series.Slug == "" {
		series.Slug = SlugOf(series.Name)
	}
	if err := checkSlug(series.Slug); err != nil {
		return digest.Series{}, err
	}
	return d.store.AddSeries(ctx, by, series, n.Sources)
}

func checkSlug(slug string) error {
	if slug == "" || len(slug) > maxSlug || slug != SlugOf(slug) {
		return digest.Fail(digest.Invalid, fmt.Sprintf("Use letters from a to z, digits and hyphens, at most %d, such as month-in-comments.", maxSlug),
			"the short name %q cannot stand in an address", slug)
	}
	return nil
}

// SlugOf makes a name that can stand in an address: the letters and digits of ASCII in
// it, joined by hyphens; "" where it has none.
func SlugOf(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case unicode.Is(unicode.Mn, r): // an accent
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	slug := strings.Trim(b.String(), "-")
	return strings.Trim(slug[:min(len(slug), maxSlug)], "-")
}

// SourcesOf gives the ids of the blogs that a series takes comments of.
func (d *Desk) SourcesOf(ctx context.Context, seriesID int64) ([]int64, error) {
	return d.store.SourcesOf(ctx, seriesID)
}
