package schedule

import "time"

// At gives the first moment at which clocks in a zone show a time, which is given as if
// it were UTC. Where they skip it, it is the moment they do, and skipped is true.
func At(wall time.Time, zone *time.Location) (at time.Time, skipped bool) {
	wall = time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, time.UTC)
	at = firstAt(wall, zone)
	return at, at.In(zone).Format(time.DateTime) != wall.Format(time.DateTime)
}

// firstAt gives the first moment at which clocks in a zone show a time, or, when
// they skip it, the moment they do. The time on the wall is given as if it were
// UTC.
//
// It walks the stretches between clock changes, in order, around the moment: the
// first stretch that ends after the time on the wall has it, or begins after it.
func firstAt(wall time.Time, zone *time.Location) time.Time {
	// No zone is further than a day and two hours from UTC, a change of date
	// included.
	at := wall.Add(-26 * time.Hour).In(zone)
	for {
		begin, end := at.ZoneBounds()
		_, offset := at.Zone()
		moment := wall.Add(-time.Duration(offset) * time.Second)
		switch {
		case !end.IsZero() && !moment.Before(end):
			at = end
		case !begin.IsZero() && moment.Before(begin):
			return begin.UTC()
		default:
			return moment
		}
	}
}
