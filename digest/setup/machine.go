package setup

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/disk"
	"postbag/digest/duty"
	"postbag/digest/site"
	"postbag/subscribers/deliver"
	"postbag/subscribers/dnscheck"
)

// What is looked at beside the name system.
const (
	ServerSubject   dnscheck.Subject = "server"   // the mail server takes the account
	PagesSubject    dnscheck.Subject = "pages"    // the base URL leads to the pages
	ClockSubject    dnscheck.Subject = "clock"    // the time is right
	DatabaseSubject dnscheck.Subject = "database" // it is there
	DiskSubject     dnscheck.Subject = "disk"     // there is room
	BackupSubject   dnscheck.Subject = "backups"  // they are written
)

// Database is what is asked of the database.
type Database interface {
	Time(ctx context.Context) (time.Time, error)
}

// Machine is what an installation stands on.
type Machine struct {
	Transport deliver.Transport
	Clock     digest.Clock
	Database  Database // nil where it cannot be opened
	Missing   error    // why
	Folder    string   // that a database file is in; "" for a server
	BackupDir string   // "" where the worker writes none
	// Resolver looks up where the base URL leads; nil is the machine's own.
	Resolver *net.Resolver
	// Trust, if set, is what certificates of the base URL are checked by.
	Trust *tls.Config
}

// machineTime bounds the look at a machine.
const machineTime = 20 * time.Second

// Look looks at a machine: the mail server is signed in at and left again, the pages are
// asked, and the clock is compared. It changes nothing and sends nothing.
func (m Machine) Look(ctx context.Context, s Sending) []Finding {
	ctx, stop := context.WithTimeout(ctx, machineTime)
	defer stop()
	var all [5][]Finding
	var wait sync.WaitGroup
	wait.Go(func() { all[0] = m.server(ctx, s) })
	wait.Go(func() { all[1] = m.pagesAndClock(ctx, s) })
	wait.Go(func() { all[2] = m.database() })
	wait.Go(func() { all[3] = m.room() })
	wait.Go(func() { all[4] = m.backups() })
	wait.Wait()
	var out []Finding
	for _, found := range all {
		out = append(out, found...)
	}
	return out
}

func one(about dnscheck.Subject, grade dnscheck.Grade, format string, args ...any) []Finding {
	return []Finding{{Subject: about, Grade: grade, Text: fmt.Sprintf(format, args...)}}
}

// sentence words an error and its hint.
func sentence(err error) string {
	text := deliver.CleanReply(err.Error())
	text = strings.ToUpper(text[:1]) + text[1:] + "."
	if hint := digest.HintOf(err); hint != "" {
		text += " " + hint
	}
	return text
}

// server connects to the mail server, encrypts, signs in, and leaves.
func (m Machine) server(ctx context.Context, s Sending) []Finding {
	conn, err := m.Transport.Connect(ctx)
	if err != nil {
		return one(ServerSubject, dnscheck.Wrong, "%s", sentence(s.refused(ctx, err)))
	}
	_ = conn.Close() // it was only tried
	if s.Outbox != "" {
		return one(ServerSubject, dnscheck.Look, "No mail leaves this machine: it is written to %s as files. Set --smtp to a mail server.", s.Outbox)
	}
	text := "The mail server " + net.JoinHostPort(s.Host, s.Port) + " answers"
	if s.Encrypted {
		text += ", shows a certificate that is in order and of its name"
	}
	if s.Account != "" {
		text += ", and takes the account " + s.Account
	}
	return one(ServerSubject, dnscheck.Good, "%s. No mail was sent.", text)
}

// Differences of clocks that matter: a mail from the future counts as spam with many, and
// a sign-in or a lease goes wrong sooner.
const (
	clockLook  = 30 * time.Second
	clockWrong = 5 * time.Minute
)

// pagesAndClock asks the base URL for its health, and compares the clock with whatever
// other clock there is.
func (m Machine) pagesAndClock(ctx context.Context, s Sending) []Finding {
	found, theirs := m.pages(ctx, s)
	now, whose := m.Clock.Now(), "the server at "+s.BaseURL
	if m.Database != nil && m.Folder == "" { // a clock of another machine, as a rule
		if at, err := m.Database.Time(ctx); err == nil {
			theirs, whose, now = at, "the database's server", m.Clock.Now()
		}
	}
	if theirs.IsZero() {
		return append(found, one(ClockSubject, dnscheck.Unknown, "No other clock could be asked whether this machine's is right. It says %s.", now.UTC().Format(time.RFC3339))...)
	}
	apart := now.Sub(theirs).Abs().Round(time.Second)
	way := map[bool]string{true: "ahead of", false: "behind"}[now.After(theirs)]
	switch {
	case apart >= clockWrong:
		return append(found, one(ClockSubject, dnscheck.Wrong, "This machine's clock is %s %s that of %s. Mail with a wrong date counts as spam, and issues go out at a wrong moment. Let the machine set its clock by the network (NTP).", apart, way, whose)...)
	case apart >= clockLook:
		return append(found, one(ClockSubject, dnscheck.Look, "This machine's clock is %s %s that of %s. Let the machine set its clock by the network (NTP).", apart, way, whose)...)
	}
	return append(found, one(ClockSubject, dnscheck.Good, "This machine's clock agrees with that of %s.", whose)...)
}

// pages asks the base URL for its health, and gives the time of the answer; zero for none.
func (m Machine) pages(ctx context.Context, s Sending) (found []Finding, at time.Time) {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Resolver: m.Resolver}
	transport := &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: m.Trust, TLSHandshakeTimeout: 10 * time.Second, DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.BaseURL+string(site.Health), nil)
	if err != nil {
		return one(PagesSubject, dnscheck.Wrong, "The base URL %s cannot be asked.", s.BaseURL), at
	}
	answer, err := client.Do(request)
	if err != nil {
		return pagesAway(s, err), at
	}
	defer answer.Body.Close() // it was only read
	if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		at = date
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if err == nil && answer.StatusCode == http.StatusOK && string(body) == site.HealthAnswer {
		return one(PagesSubject, dnscheck.Good, "The pages answer at %s.", s.BaseURL), at
	}
	if to := answer.Header.Get("Location"); to != "" && answer.StatusCode/100 == 3 {
		return one(PagesSubject, dnscheck.Wrong, "%s leads on to %s instead of to the pages. Set --base-url to where they are, since one-click unsubscribing follows no redirect (RFC 8058, 3.1).", s.BaseURL, deliver.CleanReply(to)), at
	}
	return one(PagesSubject, dnscheck.Wrong, "%s answers, but not with these pages (status %d). Look where the proxy before them leads, and that serve runs.", s.BaseURL, answer.StatusCode), at
}

// pagesAway words why the pages did not answer. A machine that is not on the network can
// tell nothing of them.
func pagesAway(s Sending, err error) []Finding {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsNotFound {
			return one(PagesSubject, dnscheck.Wrong, "%s has a name that nobody knows. Publish an address for it, or set --base-url to one that is known.", s.BaseURL)
		}
		return one(PagesSubject, dnscheck.Unknown, "Whether %s answers was not tried: no name server answers, so this machine may be offline.", s.BaseURL)
	}
	var why string
	if uses, ok := errors.AsType[*url.Error](err); ok {
		why = deliver.CleanReply(uses.Err.Error())
	}
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return one(PagesSubject, dnscheck.Wrong, "The certificate of %s is not in order: %s. Browsers and mail programs refuse it.", s.BaseURL, deliver.CleanReply(certificate.Err.Error()))
	}
	grade := dnscheck.Wrong
	if s.Outbox != "" { // nobody gets a mail yet
		grade = dnscheck.Look
	}
	return one(PagesSubject, grade, "Nothing answers at %s: %s. Start serve, and look that the address leads to it.", s.BaseURL, why)
}

// database tells of one that cannot be opened.
func (m Machine) database() []Finding {
	switch {
	case m.Missing == nil:
		return nil
	case digest.KindOf(m.Missing) == digest.NotFound:
		return one(DatabaseSubject, dnscheck.Unknown, "%s", sentence(m.Missing))
	}
	return one(DatabaseSubject, dnscheck.Wrong, "%s", sentence(m.Missing))
}

// Free space that is little, and too little.
const (
	roomLook  = 1 << 30
	roomWrong = 100 << 20
)

// room looks whether the database's folder can be written to and has room.
func (m Machine) room() []Finding {
	if m.Folder == "" {
		return nil
	}
	probe, err := os.CreateTemp(m.Folder, ".postbag-probe-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return one(DiskSubject, dnscheck.Wrong, "The folder %s, where the database is, cannot be written to: %s. Run this as the user that serve runs as, or give that user the folder.", m.Folder, deliver.CleanReply(err.Error()))
	}
	free, err := disk.Free(m.Folder)
	switch megabytes := free / (1 << 20); {
	case err != nil:
		return one(DiskSubject, dnscheck.Unknown, "The folder %s can be written to. How much room there is could not be found out.", m.Folder)
	case free < roomWrong:
		return one(DiskSubject, dnscheck.Wrong, "Only %d MB are free where the database is (%s). When they are gone, nothing is sent any more.", megabytes, m.Folder)
	case free < roomLook:
		return one(DiskSubject, dnscheck.Look, "Only %d MB are free where the database is (%s).", megabytes, m.Folder)
	default:
		return one(DiskSubject, dnscheck.Good, "%d MB are free where the database is (%s).", megabytes, m.Folder)
	}
}

// oldBackup is the age at which a backup says that something is wrong: one is written
// each day, as a rule, and each week at the least.
const oldBackup = 8 * 24 * time.Hour

// backups looks at the newest backup by itself.
func (m Machine) backups() []Finding {
	if m.BackupDir == "" {
		return one(BackupSubject, dnscheck.Look, "No backups are written by themselves. Set --backup-dir to a folder on another disk, or see to backups yourself: the list of readers is nowhere else.")
	}
	plan := duty.Backups{Dir: m.BackupDir}
	if err := plan.CheckFolder(); err != nil {
		return one(BackupSubject, dnscheck.Wrong, "%s", sentence(err))
	}
	name, at, err := plan.Newest()
	switch age := m.Clock.Now().Sub(at); {
	case err != nil:
		return one(BackupSubject, dnscheck.Wrong, "The folder for backups cannot be read: %s.", deliver.CleanReply(err.Error()))
	case name == "":
		return one(BackupSubject, dnscheck.Look, "There is no backup in %s yet. serve writes the first one at its moment: postbag schedule list.", m.BackupDir)
	case age > oldBackup:
		return one(BackupSubject, dnscheck.Wrong, "The newest backup, %s, is %d days old. Look why no newer one was written: postbag schedule list.", filepath.Join(m.BackupDir, name), int(age.Hours()/24))
	default:
		return one(BackupSubject, dnscheck.Good, "The newest backup is %s, %d hours old.", filepath.Join(m.BackupDir, name), max(0, int(age.Hours())))
	}
}
