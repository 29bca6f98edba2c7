package main

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/duty"
	"postbag/digest/fetch"
	"postbag/digest/hostname"
	"postbag/digest/schedule"
	"postbag/subscribers/address"
	"postbag/subscribers/mail"
	"postbag/subscribers/message"
)

// Settings are how an installation runs: flags, POSTBAG_* variables or a file.
// What an issue looks like is no setting; it lives in the database.
type Settings struct {
	DB           string   `help:"The database: a file, or postgres://user@host/name." default:"postbag.db" placeholder:"FILE|URL" env:"POSTBAG_DB"`
	Listen       string   `help:"Where the web pages listen." default:"localhost:8080" placeholder:"HOST:PORT" env:"POSTBAG_LISTEN"`
	BaseURL      string   `help:"The address that readers reach the pages by; from --listen unless set." placeholder:"URL" env:"POSTBAG_BASE_URL"`
	TrustedProxy []string `help:"Proxies (address or CIDR) whose X-Forwarded-For is believed." placeholder:"ADDR" env:"POSTBAG_TRUSTED_PROXY"`

	SMTP             string  `name:"smtp" help:"Where mail goes: smtp://user@host:587, smtps://user@host:465, or outbox:DIR to write files." default:"outbox:outbox" placeholder:"URL" env:"POSTBAG_SMTP"`
	SMTPPasswordFile string  `name:"smtp-password-file" help:"A file with the SMTP password; or set POSTBAG_SMTP_PASSWORD." placeholder:"FILE" env:"POSTBAG_SMTP_PASSWORD_FILE"`
	From             string  `help:"The From address of mails." placeholder:"ADDRESS" env:"POSTBAG_FROM"`
	ReplyTo          string  `help:"The Reply-To address of mails; readers' requests go there too." placeholder:"ADDRESS" env:"POSTBAG_REPLY_TO"`
	Concurrency      int     `help:"SMTP connections open at once." default:"10" placeholder:"N" env:"POSTBAG_CONCURRENCY"`
	Rate             float64 `help:"Mails per second at the most; 0 for no limit." default:"0" placeholder:"N" env:"POSTBAG_RATE"`
	Ambiguous        string  `help:"A message whose fate is unknown: resend (same Message-ID) or hold." enum:"resend,hold" default:"resend" placeholder:"resend|hold" env:"POSTBAG_AMBIGUOUS"`

	Lease     time.Duration `help:"How long a worker may be silent before others take over its work (PostgreSQL)." default:"30s" placeholder:"TIME" env:"POSTBAG_LEASE"`
	LateAfter time.Duration `help:"How late an issue may be and still go out without asking you." default:"24h" placeholder:"TIME" env:"POSTBAG_LATE_AFTER"`

	BackupDir  string `help:"Where the worker writes a backup by itself; none unless set." placeholder:"DIR" env:"POSTBAG_BACKUP_DIR"`
	BackupAt   string `help:"When: a cron expression of five fields, in UTC." default:"30 3 * * *" placeholder:"CRON" env:"POSTBAG_BACKUP_AT"`
	BackupKeep int    `help:"How many of these backups are kept." default:"14" placeholder:"N" env:"POSTBAG_BACKUP_KEEP"`

	FetchAllow []string `help:"Private addresses that blogs may live on: host:port or CIDR." placeholder:"ADDR" env:"POSTBAG_FETCH_ALLOW"`

	LogLevel  string `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info" placeholder:"LEVEL" env:"POSTBAG_LOG_LEVEL"`
	TestClock string `help:"START[,SPEED]; only under POSTBAG_TESTING=1." hidden:""`
}

// problems collects what is wrong with the settings, to report it together.
type problems []error

func (p *problems) add(err error) {
	if err != nil {
		*p = append(*p, err)
	}
}

// err joins the problems into one error, with the hints of all.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	var hints []string
	for _, e := range p {
		if h := digest.HintOf(e); h != "" {
			hints = append(hints, h)
		}
	}
	return digest.Fail(digest.Invalid, strings.Join(hints, "\n"), "%w", errors.Join(p...))
}

// web checks the settings that pages and links need, and gives the base URL.
func (s *Settings) web() (base string, err error) {
	raw := s.BaseURL
	if raw == "" {
		host, port, err := net.SplitHostPort(s.Listen)
		if err != nil {
			return "", digest.Fail(digest.Invalid, "For example localhost:8080, or :8080 for all addresses.", "--listen %q is not HOST:PORT", s.Listen)
		}
		if host == "" || host == "0.0.0.0" || host == "::" {
			host = "localhost"
		}
		raw = "http://" + net.JoinHostPort(host, port)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", digest.Fail(digest.Invalid, "For example https://news.example.org.", "--base-url %q is not an address of a web site", raw)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// level is the log's level.
func (s *Settings) level() slog.Level {
	var l slog.Level
	// The parser has checked that the level is one of the four.
	if err := l.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return slog.LevelInfo
	}
	return l
}

// allow reads the private addresses that may be fetched from.
func (s *Settings) allow() (fetch.Allow, error) { return fetch.ParseAllow(s.FetchAllow) }

// proxies reads the trusted proxies.
func (s *Settings) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, item := range s.TrustedProxy {
		prefix, err := netip.ParsePrefix(item)
		if addr, addrErr := netip.ParseAddr(item); addrErr == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return nil, digest.Fail(digest.Invalid, "For example 127.0.0.1 or 10.0.0.0/8.", "--trusted-proxy %q is no address and no CIDR", item)
		}
		out = append(out, prefix)
	}
	return out, nil
}

// mailSettings is the mail settings, checked.
type mailSettings struct {
	transport mail.Settings
	from      address.Address
	replyTo   string
	base      *url.URL
}

// leastLease bounds --lease.
const leastLease = time.Second

// mail checks the settings that sending needs. What leaves the machine must
// come from a real sender and lead back to a real place.
func (s *Settings) mail() (mailSettings, error) {
	var wrong problems
	var m mailSettings
	base, err := s.web()
	wrong.add(err)
	if err == nil {
		m.base, err = url.Parse(base)
		wrong.add(err)
	}
	password, err := s.password()
	wrong.add(err)
	if err != nil {
		password = "unread" // that it cannot be read is reported above
	}
	m.transport, err = mail.ParseSettings(s.SMTP, password)
	wrong.add(err)
	leaves := err == nil && !m.transport.IsOutbox()
	switch {
	case s.From != "":
		m.from, err = address.Parse(s.From)
		if err == nil && !message.IsASCII(m.from.Email) {
			err = digest.Fail(digest.Invalid, "Choose an address without accents before the @.", "--from %q cannot be used with every mail server", s.From)
		}
		wrong.add(err)
	case leaves:
		wrong.add(digest.Fail(digest.Invalid, "Set --from to an address of yours.", "mail that leaves needs a From address"))
	case !leaves:
		m.from = address.Address{Email: "postbag@outbox.invalid", Key: "postbag@outbox.invalid", Domain: "outbox.invalid"}
	}
	if s.ReplyTo != "" {
		reply, err := address.Parse(s.ReplyTo)
		wrong.add(err)
		m.replyTo = reply.Email
	}
	if leaves && m.base != nil && (m.base.Scheme != "https" || isLoopback(m.base.Hostname())) {
		wrong.add(digest.Fail(digest.Invalid, "Set --base-url to the https address that readers reach this machine by.",
			"mail to a real SMTP server cannot carry links to %s", m.base))
	}
	if s.Concurrency < 1 || s.Concurrency > 100 {
		wrong.add(digest.Fail(digest.Invalid, "10 suits most servers.", "--concurrency must be 1 to 100, not %d", s.Concurrency))
	}
	if s.Lease < leastLease || s.Lease > mostLease {
		wrong.add(digest.Fail(digest.Invalid, "30s suits most networks.", "--lease must be %s to %s, not %s", leastLease, mostLease, s.Lease))
	}
	if s.LateAfter < 0 {
		wrong.add(digest.Fail(digest.Invalid, "24h is a day.", "--late-after cannot be negative"))
	}
	if s.Rate < 0 {
		wrong.add(digest.Fail(digest.Invalid, "0 means no limit.", "--rate cannot be negative"))
	}
	return m, wrong.err()
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return hostname.Loopback(host) || err == nil && ip.IsUnspecified()
}

// password reads the SMTP password from its file or variable. A file that others
// may read is refused.
func (s *Settings) password() (string, error) {
	if s.SMTPPasswordFile == "" {
		return os.Getenv("POSTBAG_SMTP_PASSWORD"), nil
	}
	info, err := os.Stat(s.SMTPPasswordFile)
	if err != nil {
		return "", digest.Fail(digest.Invalid, "Check --smtp-password-file.", "the SMTP password cannot be read: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", digest.Fail(digest.Invalid, "Run: chmod 600 "+s.SMTPPasswordFile, "others can read the SMTP password in %s", s.SMTPPasswordFile)
	}
	b, err := os.ReadFile(s.SMTPPasswordFile)
	if err != nil {
		return "", digest.Fail(digest.Invalid, "Check --smtp-password-file.", "the SMTP password cannot be read: %w", err)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// testClock reads START[,SPEED]: a moment in RFC 3339 and a factor.
func testClock(setting string) (digest.Clock, error) {
	if !isTesting() {
		return nil, digest.Fail(digest.Invalid, "It exists for tests.", "--test-clock is honoured only under POSTBAG_TESTING=1")
	}
	at, factor, _ := strings.Cut(setting, ",")
	start, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return nil, digest.Fail(digest.Invalid, "For example 2026-01-04T17:59:00Z,60.", "--test-clock %q does not start with a time", setting)
	}
	speed := 1.0
	if factor != "" {
		if speed, err = strconv.ParseFloat(factor, 64); err != nil || speed <= 0 {
			return nil, digest.Fail(digest.Invalid, "For example 2026-01-04T17:59:00Z,60.", "--test-clock %q does not end with a speed", setting)
		}
	}
	return digest.NewTestClock(start, speed), nil
}

// backups checks the settings of backups by themselves; nil without a folder for
// them. Whether the folder is there is asked of those who need it: one that is away
// keeps nobody from anything else.
func (s *Settings) backups() (*duty.Backups, error) {
	if s.BackupDir == "" {
		return nil, nil
	}
	var wrong problems
	plan, err := schedule.Parse(s.BackupAt, "UTC")
	wrong.add(err)
	if s.BackupKeep < 1 {
		wrong.add(digest.Fail(digest.Invalid, "14 keeps two weeks.", "--backup-keep must be 1 or more, not %d", s.BackupKeep))
	}
	return &duty.Backups{Dir: s.BackupDir, At: plan, Keep: s.BackupKeep}, wrong.err()
}
