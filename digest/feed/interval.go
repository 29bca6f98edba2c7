package feed

import (
	"slices"
	"strconv"
	"strings"
	"time"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

// longestTTL bounds how long a feed may ask to be left alone.
const longestTTL = 24 * time.Hour

// interval is how often a feed wants to be asked.
type interval struct {
	ttl  time.Duration
	skip []int
}

// rss reads ttl and skipHours (RSS 2.0). Hours count from 0; RSS 0.91 counts
// from 1, and its 24 is midnight.
func (i *interval) rss(f *rss.Feed) {
	if minutes, err := strconv.Atoi(strings.TrimSpace(f.TTL)); err == nil && minutes > 0 {
		i.ttl = time.Duration(min(minutes, 24*60)) * time.Minute
	}
	for _, text := range f.SkipHours {
		h, err := strconv.Atoi(strings.TrimSpace(text))
		if err == nil && h >= 0 && h <= 24 && !slices.Contains(i.skip, h%24) {
			i.skip = append(i.skip, h%24)
		}
	}
	slices.Sort(i.skip)
}

// module reads the syndication module's updatePeriod and updateFrequency, where
// the format has said nothing.
func (i *interval) module(exts ext.Extensions) {
	period, ok := extension(exts, "updatePeriod")
	if !ok || i.ttl != 0 {
		return
	}
	periods := map[string]time.Duration{
		"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour,
		"monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
	}
	often := time.Duration(max(1, count(exts, "updateFrequency")))
	i.ttl = min(periods[strings.ToLower(strings.TrimSpace(period.Value))]/often, longestTTL)
}
