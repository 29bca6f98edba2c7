package main

import (
	"cmp"
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
	"postbag/subscribers/dkim"
	"postbag/subscribers/mail"
	"postbag/subscribers/message"
)

// Settings are how an installation runs: flags, POSTBAG_* variables or a file, see
// [settingsSource].
// What an issue looks like is no setting; it lives in the database.
type Settings struct {
	DB            string   `help:"The database: a file, or postgres://user@host/name." default:"postbag.db" placeholder:"FILE|URL"`
	Listen        string   `help:"Where the web pages listen." default:"localhost:8080" placeholder:"HOST:PORT"`
	BaseURL       string   `help:"The address that readers reach the pages by; from --listen unless set." placeholder:"URL"`
	DeskListen    string   `help:"Where the editor's desk listens by itself; the public pages then know nothing of it." placeholder:"HOST:PORT"`
	DeskURL       string   `name:"desk-url" help:"The address that editors reach the desk by; from --base-url or --desk-listen unless set." placeholder:"URL"`
	MetricsListen string   `help:"Where /metrics listens, for Prometheus; nowhere unless set." placeholder:"HOST:PORT"`
	TrustedProxy  []string `help:"Proxies (address or CIDR) whose X-Forwarded-For is believed." placeholder:"ADDR"`

	SMTP             string   `name:"smtp" help:"Where mail goes: smtp://user@host:587, smtps://user@host:465, or outbox:DIR to write files." default:"outbox:outbox" placeholder:"URL"`
	SMTPPasswordFile string   `name:"smtp-password-file" help:"A file with the SMTP password; or set POSTBAG_SMTP_PASSWORD." placeholder:"FILE"`
	From             string   `help:"The From address of mails." placeholder:"ADDRESS"`
	ReplyTo          string   `help:"The Reply-To address of mails; readers' requests go there too." placeholder:"ADDRESS"`
	DKIMKeyFile      []string `name:"dkim-key-file" help:"A file with a private key that mails are signed with (DKIM), or SELECTOR=FILE; several sign several times." placeholder:"FILE"`
	DKIMSelector     string   `name:"dkim-selector" help:"The name of a DKIM key that is given without one." default:"postbag" placeholder:"NAME"`
	DKIMDomain       string   `name:"dkim-domain" help:"The domain that mails are signed for; that of --from unless set." placeholder:"DOMAIN"`

	Concurrency       int      `help:"SMTP connections open at once." default:"10" placeholder:"N"`
	Rate              []string `help:"Mails at the most, as 10/s, 500/h or 2000/day, or several of these; 0 for no limit." default:"0" placeholder:"N[/UNIT]"`
	DomainConnections int      `help:"Mails handed over at once to one receiving domain at the most; 0 for no limit." default:"4" placeholder:"N"`
	Ambiguous         string   `help:"A message whose fate is unknown: resend (same Message-ID) or hold." enum:"resend,hold" default:"resend" placeholder:"resend|hold"`

	BounceDomain           string `help:"The domain where bounces are received: each mail gets a return path of its own there." placeholder:"DOMAIN"`
	BounceMaildir          string `help:"A Maildir of bounces that the worker reads." placeholder:"DIR"`
	BounceIMAP             string `name:"bounce-imap" help:"A mailbox of bounces that the worker reads: imaps://user@host/INBOX." placeholder:"URL"`
	BounceIMAPPasswordFile string `name:"bounce-imap-password-file" help:"A file with its password." placeholder:"FILE"`
	BounceHard             int    `help:"Issues that a server refuses for good, with another code than 5.1.1, before the address is suppressed." default:"2" placeholder:"N"`

	SESTopic           string `name:"ses-topic" help:"The ARN of the SNS topic by which Amazon SES tells of bounces, at /hooks/ses." placeholder:"ARN"`
	PostmarkSecretFile string `name:"postmark-secret-file" help:"A file with the secret that Postmark sends with what it tells, at /hooks/postmark." placeholder:"FILE"`
	MailgunKeyFile     string `name:"mailgun-key-file" help:"A file with the key that Mailgun signs what it tells with, at /hooks/mailgun." placeholder:"FILE"`
	SendGridKey        string `name:"sendgrid-key" help:"The public key by which what SendGrid tells is checked, at /hooks/sendgrid." placeholder:"KEY"`
	BrevoSecretFile    string `name:"brevo-secret-file" help:"A file with the secret that Brevo sends with what it tells, at /hooks/brevo." placeholder:"FILE"`

	Lease     time.Duration `help:"How long a worker may be silent before others take over its work (PostgreSQL)." default:"30s" placeholder:"TIME"`
	LateAfter time.Duration `help:"How late an issue may be and still go out without asking you." default:"24h" placeholder:"TIME"`

	BackupDir  string `help:"Where the worker writes a backup by itself; none unless set." placeholder:"DIR"`
	BackupAt   string `help:"When: a cron expression of five fields, in UTC." default:"30 3 * * *" placeholder:"CRON"`
	BackupKeep int    `help:"How many of these backups are kept." default:"14" placeholder:"N"`

	FetchAllow []string `help:"Private addresses that blogs may live on: host:port or CIDR." placeholder:"ADDR"`

	LogLevel  string `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info" placeholder:"LEVEL"`
	TestClock string `help:"START[,SPEED]; only under POSTBAG_TESTING=1." hidden:""`

	source *settingsSource // where they come from, to name the place of what is wrong
}

// problems collects what is wrong with the settings, to report it together.
type problems []error

func (p *problems) add(err error) {
	if err != nil {
		*p = append(*p, err)
	}
}

// err joins the problems into one error, that of a program that was called wrongly.
func (p problems) err() error {
	err := digest.Join(p...)
	if err == nil {
		return nil
	}
	return digest.Fail(digest.Invalid, digest.HintOf(err), "%w", err)
}

// name names a setting by the place where its value stands.
func (s *Settings) name(setting string) string {
	if s.source == nil {
		return "--" + setting
	}
	return s.source.where(setting)
}

// wrong is what is wrong with the value of a setting.
func (s *Settings) wrong(setting, hint, format string, args ...any) error {
	return digest.Fail(digest.Invalid, hint, s.name(setting)+": "+format, args...)
}

// in names the setting of an error, if there is one.
func (s *Settings) in(setting string, err error) error {
	if err == nil {
		return nil
	}
	return digest.Fail(digest.KindOf(err), digest.HintOf(err), "%s: %w", s.name(setting), err)
}

// check tells all that is wrong with the settings by themselves. What a command needs
// of them is its own to check.
func (s *Settings) check() (wrong problems) {
	if s.source != nil {
		wrong = append(wrong, s.source.wrong...)
	}
	_, err := s.web()
	wrong.add(err)
	_, err = s.proxies()
	wrong.add(err)
	_, err = s.allow()
	wrong.add(err)
	_, err = s.transport()
	wrong.add(err)
	_, err = s.sender()
	wrong.add(err)
	_, err = s.replies()
	wrong.add(err)
	_, err = s.bounceDomain()
	wrong.add(err)
	_, err = s.bounceIMAP()
	wrong.add(err)
	wrong.add(s.hookTopic())
	_, err = s.hookSendGrid()
	wrong.add(err)
	if s.BounceHard < 1 || s.BounceHard > 10 {
		wrong.add(s.wrong("bounce-hard", "2 is usual.", "it must be 1 to 10, not %d", s.BounceHard))
	}
	_, err = s.backupPlan()
	wrong.add(err)
	if s.BackupKeep < 1 {
		wrong.add(s.wrong("backup-keep", "14 keeps two weeks.", "it must be 1 or more, not %d", s.BackupKeep))
	}
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		wrong.add(s.notListening())
	}
	if s.DeskListen != "" {
		if _, _, err := net.SplitHostPort(s.DeskListen); err != nil {
			wrong.add(s.wrong("desk-listen", "For example localhost:8081.", "%q is not HOST:PORT", s.DeskListen))
		}
	}
	if s.MetricsListen != "" {
		if _, _, err := net.SplitHostPort(s.MetricsListen); err != nil {
			wrong.add(s.wrong("metrics-listen", "For example localhost:9090.", "%q is not HOST:PORT", s.MetricsListen))
		}
	}
	if _, err := s.deskURL(); err != nil {
		wrong.add(err)
	}
	if s.Concurrency < 1 || s.Concurrency > 100 {
		wrong.add(s.wrong("concurrency", "10 suits most servers.", "it must be 1 to 100, not %d", s.Concurrency))
	}
	if s.Lease < leastLease || s.Lease > mostLease {
		wrong.add(s.wrong("lease", "30s suits most networks.", "it must be %s to %s, not %s", leastLease, mostLease, s.Lease))
	}
	if s.LateAfter < 0 {
		wrong.add(s.wrong("late-after", "24h is a day.", "it cannot be negative"))
	}
	_, err = s.rate()
	wrong.add(err)
	if s.DomainConnections < 0 {
		wrong.add(s.wrong("domain-connections", "0 means no limit.", "it must be 0 or more, not %d", s.DomainConnections))
	}
	return wrong
}

func (s *Settings) notListening() error {
	return s.wrong("listen", "For example localhost:8080, or :8080 for all addresses.", "%q is not HOST:PORT", s.Listen)
}

// web checks the settings that pages and links need, and gives the base URL.
func (s *Settings) web() (base string, err error) {
	raw := s.BaseURL
	if raw == "" {
		if raw, err = listeningAt(s.Listen); err != nil {
			return "", s.notListening()
		}
	}
	return s.address("base-url", raw)
}

// listeningAt gives the address of pages that listen somewhere.
func listeningAt(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", err
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port), nil
}

// deskURL gives what the desk's addresses begin with where that is not the base URL; ""
// where it is.
func (s *Settings) deskURL() (string, error) {
	raw := s.DeskURL
	if raw == "" && s.DeskListen != "" {
		var err error
		if raw, err = listeningAt(s.DeskListen); err != nil {
			return "", nil // told of that setting
		}
	}
	if raw == "" {
		return "", nil
	}
	return s.address("desk-url", raw)
}

// desk gives what the desk's addresses begin with. The settings have been checked.
func (s *Settings) desk(base string) string {
	own, err := s.deskURL()
	if err != nil {
		return base
	}
	return cmp.Or(own, base)
}

// address checks that a setting is the address of a site, and gives it without a slash
// at its end.
func (s *Settings) address(setting, raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		hint := "For example https://news.example.org."
		if host := hostname.Of("https://" + raw); !strings.Contains(raw, "://") && strings.Contains(host, ".") {
			hint = "Write its beginning, too: https://" + raw
		}
		return "", s.wrong(setting, hint, "%q is not the address of a web site", raw)
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
func (s *Settings) allow() (fetch.Allow, error) {
	allow, err := fetch.ParseAllow(s.FetchAllow)
	return allow, s.in("fetch-allow", err)
}

// proxies reads the trusted proxies.
func (s *Settings) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, item := range s.TrustedProxy {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(item)
		if addr, addrErr := netip.ParseAddr(item); addrErr == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return nil, s.wrong("trusted-proxy", "For example 127.0.0.1 or 10.0.0.0/8.", "%q is no address and no CIDR", item)
		}
		out = append(out, prefix)
	}
	return out, nil
}

// transport reads where mail goes, without the password.
func (s *Settings) transport() (mail.Settings, error) {
	m, err := mail.ParseSettings(s.SMTP)
	return m, s.in("smtp", err)
}

// sender reads the From address; the zero address where none is set.
func (s *Settings) sender() (from address.Address, err error) {
	if s.From == "" {
		return from, nil
	}
	from, err = address.Parse(s.From)
	if err == nil && !message.IsASCII(from.Email) {
		err = digest.Fail(digest.Invalid, "Choose an address without accents before the @.", "%q cannot be used with every mail server", s.From)
	}
	return from, s.in("from", err)
}

// replies reads the Reply-To address, "" where none is set.
func (s *Settings) replies() (email string, err error) {
	if s.ReplyTo == "" {
		return "", nil
	}
	reply, err := address.Parse(s.ReplyTo)
	return reply.Email, s.in("reply-to", err)
}

// mailSettings is the mail settings, checked.
type mailSettings struct {
	transport mail.Settings
	from      address.Address
	replyTo   string
	bounces   string // the domain; "" for none
	base      *url.URL
	sign      *dkim.Signer // nil leaves it to the mail server
}

// leastLease bounds --lease.
const leastLease = time.Second

// mail gives the settings that sending needs, and tells what is missing. What leaves
// the machine must come from a real sender and lead back to a real place.
func (s *Settings) mail() (m mailSettings, err error) {
	var wrong problems
	base, err := s.web()
	wrong.add(err)
	if err == nil {
		m.base, err = url.Parse(base)
		wrong.add(err)
	}
	m.transport, err = s.transport()
	wrong.add(err)
	leaves := err == nil && !m.transport.IsOutbox()
	if leaves {
		password, err := s.password()
		wrong.add(err)
		if err == nil {
			m.transport, err = m.transport.WithPassword(password)
			wrong.add(s.in("smtp", err))
		}
	}
	m.from, err = s.sender()
	wrong.add(err)
	switch {
	case s.From != "":
	case leaves:
		wrong.add(digest.Fail(digest.Invalid, "Set --from to an address of yours.", "mail that leaves needs a From address"))
	default:
		m.from = address.Address{Email: "postbag@outbox.invalid", Key: "postbag@outbox.invalid", Domain: "outbox.invalid"}
	}
	if err == nil {
		m.sign, err = s.dkimSigner(m.from)
		wrong.add(err)
	}
	m.replyTo, err = s.replies()
	wrong.add(err)
	m.bounces, err = s.bounceDomain()
	wrong.add(err)
	if leaves && m.base != nil && (m.base.Scheme != "https" || isLoopback(m.base.Hostname())) {
		wrong.add(digest.Fail(digest.Invalid, "Set --base-url to the https address that readers reach this machine by.",
			"mail to a real SMTP server cannot carry links to %s", m.base))
	}
	return m, wrong.err()
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return hostname.Loopback(host) || err == nil && ip.IsUnspecified()
}

// passwordVariable holds the SMTP password itself.
const passwordVariable = "POSTBAG_SMTP_PASSWORD"

// password reads the SMTP password: from the file that a flag names, else from the
// variable, else from the file that the settings file names. A file that others may
// read is refused.
func (s *Settings) password() (string, error) {
	const setting = "smtp-password-file"
	if given := os.Getenv(passwordVariable); given != "" {
		switch at := s.name(setting); {
		case s.SMTPPasswordFile != "" && at == variableOf(setting):
			return "", digest.Fail(digest.Invalid, "Take one of them away.", "%s and %s are both set", passwordVariable, at)
		case s.SMTPPasswordFile == "" || at != "--"+setting:
			return given, nil
		}
	}
	if s.SMTPPasswordFile == "" {
		return "", nil
	}
	b, err := s.secretFile(setting, s.SMTPPasswordFile, "the SMTP password", mostPasswordFile)
	return strings.TrimRight(string(b), "\r\n"), err
}

// mostPasswordFile bounds a file with a password, in bytes.
const mostPasswordFile = 64 << 10

// secretFile reads a file that a setting names. One that others may read is refused.
func (s *Settings) secretFile(setting, path, what string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, s.wrong(setting, "Check its name, and who may read it.", "%s cannot be read: %w", what, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, s.wrong(setting, "Run: chmod 600 "+path, "others can read %s in %s", what, path)
	}
	b, err := readAtMost(path, most)
	if err != nil {
		return nil, s.wrong(setting, "Check its name, and who may read it.", "%s cannot be read: %w", what, err)
	}
	return b, nil
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

// backupPlan reads when backups are written.
func (s *Settings) backupPlan() (schedule.Schedule, error) {
	plan, err := schedule.Parse(s.BackupAt, "UTC")
	return plan, s.in("backup-at", err)
}

// backups gives the settings of backups by themselves; nil without a folder for them.
// Whether the folder is there is asked of those who need it: one that is away keeps
// nobody from anything else.
func (s *Settings) backups() (*duty.Backups, error) {
	if s.BackupDir == "" {
		return nil, nil
	}
	plan, err := s.backupPlan()
	return &duty.Backups{Dir: s.BackupDir, At: plan, Keep: s.BackupKeep}, err
}
