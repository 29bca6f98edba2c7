package mail

import (
	"errors"
	"net/textproto"
	"strconv"
	"strings"

	"postbag/digest/lazyregexp"
	"postbag/subscribers/deliver"
)

// failed reads what went wrong at a stage: a reply of the server, or the loss of
// the connection.
func failed(stage deliver.Stage, err error) *deliver.SendError {
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return &deliver.SendError{Stage: stage, Class: deliver.SenderSide, Broken: true, Err: err}
	}
	e := &deliver.SendError{
		Stage:    stage,
		Code:     reply.Code,
		Enhanced: enhancedOf(reply.Msg),
		Text:     deliver.CleanReply(reply.Msg),
		// 421 announces the end of the connection (RFC 5321, 3.8); any other
		// code that does not fit means that the two have lost step.
		Broken: reply.Code == 421 || reply.Code < 400 || reply.Code > 599,
		Err:    err,
	}
	if e.Throttle = throttleOf(e); e.Throttle == deliver.Throttled || e.Throttle == deliver.QuotaReached {
		e.Class, e.Passing = deliver.SenderSide, e.Code != 421
		return e
	}
	e.Unverified = unverified(e)
	e.Class, e.Passing = classOf(e), passing(e)
	return e
}

// classOf decides whom a refusal concerns.
func classOf(e *deliver.SendError) deliver.Class {
	switch {
	case e.Code < 400 || e.Code > 599:
		return deliver.SenderSide
	case e.Code == 421 || e.Stage == deliver.StageMail || refusesSender(e):
		return deliver.SenderSide
	case e.Code < 500:
		return deliver.Temporary
	case e.Code == 552 || e.Enhanced == "5.2.2":
		// Full mailboxes are emptied (RFC 3463, 3.3); 552 is how many servers
		// say it (RFC 5321, 4.5.3.1.10).
		return deliver.Temporary
	}
	return deliver.Permanent
}

// throttleOf tells whether a refusal says that too much is sent. The codes come before
// the words; words count where there is no enhanced code, and tell a quota from a rate.
func throttleOf(e *deliver.SendError) deliver.Throttle {
	if e.Code < 400 || e.Code > 599 || e.Stage == deliver.StageConnect || e.Stage == deliver.StageTLS || e.Stage == deliver.StageAuth {
		return deliver.NotThrottled
	}
	class, rest, _ := strings.Cut(e.Enhanced, ".")
	text := strings.ToLower(e.Text)
	says := func(signs ...string) bool {
		for _, s := range signs {
			if strings.Contains(text, s) {
				return true
			}
		}
		return false
	}
	isQuota := says("quota exceeded", "sending quota", "sending limit", "daily limit", "daily user")
	switch {
	case rest == "4.5" && class == "5":
		return deliver.QuotaReached // 4.4.5 is a busy server (RFC 3463, 3.5)
	case e.Code >= 500:
		if e.Enhanced == "" && says("sending quota", "sending limit") {
			return deliver.QuotaReached
		}
		return deliver.NotThrottled
	case e.Code == 454:
		// Of a command that is not AUTH: too much (Amazon SES).
		if isQuota {
			return deliver.QuotaReached
		}
		return deliver.Throttled
	case throttleDetails[rest]:
		if isQuota {
			return deliver.QuotaReached
		}
		return deliver.Throttled
	case says("greylist", "graylist"):
		return deliver.NotThrottled
	case e.Code == 421 && e.Stage == deliver.StageMail:
		return deliver.NotThrottled // the end of a connection; see [deliver.SendError.Lost]
	case e.Enhanced == "" && says("rate limit", "throttl", "too many", "too fast"):
		return deliver.Throttled
	case e.Enhanced == "" && isQuota:
		return deliver.QuotaReached
	case refusesSender(e):
		return deliver.NotThrottled
	case rest == "2.2" || e.Code == 452 && e.Enhanced == "":
		return deliver.NotThrottled // a full mailbox or disk
	}
	return deliver.MaybeThrottled
}

// throttleDetails are the subject and detail of temporary enhanced codes that say so: too
// many recipients (RFC 3463, 3.6), and what the large providers number for themselves:
// Gmail's unusual rate, Outlook's busy server and limits by reputation.
var throttleDetails = map[string]bool{"5.3": true, "7.28": true, "7.500": true, "7.650": true, "7.651": true, "7.652": true}

// passing tells whether a server takes mail from nobody for the moment: a
// refusal for now before it has heard of any address, and not of this sender
// (RFC 5321, 4.2.3: 451 and 452). A 421 ends the connection and is told apart
// by that.
func passing(e *deliver.SendError) bool {
	return e.Stage == deliver.StageMail && e.Code >= 400 && e.Code < 500 && e.Code != 421 && !refusesSender(e)
}

// refusesSender tells whether a refusal is about who sends, by which way, or
// how much: the account, authentication of the domain, block lists, quotas.
func refusesSender(e *deliver.SendError) bool {
	text := strings.ToLower(e.Text)
	if strings.Contains(text, "greylist") || strings.Contains(text, "graylist") {
		return false
	}
	_, rest, _ := strings.Cut(e.Enhanced, ".")
	subject, detail, _ := strings.Cut(rest, ".")
	switch {
	case unverified(e):
		return true
	case rest == "1.7" || rest == "1.8":
		// The sender's address (RFC 3463, 3.2). For now at MAIL, that is a look-up
		// which got no answer.
		return e.Stage != deliver.StageMail || e.Code >= 500
	case subject == "1" || subject == "2":
		return false // the recipient's address or mailbox
	case subject == "7" && e.Code >= 500:
		return true
	case subject == "7":
		// 4.7.0 and 4.7.1 are how many servers say "greylisted" (RFC 6647, 5.1);
		// the large providers number their own rules from 20 on.
		n, err := strconv.Atoi(detail)
		return err == nil && n >= 20
	case e.Enhanced == "5.4.5":
		return true // the day's quota; 4.4.5 is a busy server (RFC 3463, 3.5)
	case e.Code == 530 || e.Code == 535 || e.Code == 454:
		return true // signing in is wanted, or has run out
	}
	for _, sign := range senderSigns() {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

// unverified tells whether a provider refuses for good to send for an address or a domain
// that nobody has shown to be ours. Its code is 5.7.60 (Exchange) or 5.2.252, or no more
// than 550, 553 or 554, so that the words decide.
func unverified(e *deliver.SendError) bool {
	if e.Code < 500 || e.Code > 599 || e.Stage == deliver.StageConnect || e.Stage == deliver.StageTLS || e.Stage == deliver.StageAuth {
		return false
	}
	if e.Enhanced == "5.7.60" || e.Enhanced == "5.2.252" {
		return true
	}
	text := strings.ToLower(e.Text)
	for _, sign := range unverifiedSigns() {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

// unverifiedSigns are words of providers for a sender that is not verified. None is how a
// receiving server speaks of a reader's address that it could not verify.
func unverifiedSigns() []string {
	return []string{
		"email address is not verified",      // Amazon SES
		"verified sender identity",           // SendGrid
		"sender signature",                   // Postmark
		"domain is unverified",               // Mailgun
		"domain is not verified",             // Resend
		"domain not verified",                //
		"domain must be verified",            // MailerSend
		"unconfigured sending domain",        // SparkPost
		"sender is not verified",             //
		"sender not verified",                //
		"from address not verified",          // Yahoo
		"sender address is not verified",     //
		"sender you used",                    // Brevo
		"validate your sender",               // Brevo
		"sender not owned",                   //
		"not owned by user",                  // Postfix, reject_sender_login_mismatch
		"sendasdenied",                       // Exchange
		"not allowed to send as",             // Exchange
		"permissions to send as this sender", // Exchange
		"not authorised to send from",        // Fastmail
		"not authorized to send from",        //
		"not one of your addresses",          // iCloud
		"unauthorized from",                  //
		"unauthorised from",                  //
		"unauthorized sender",                //
	}
}

// senderSigns are words by which servers without an enhanced code refuse a
// sender.
func senderSigns() []string {
	return []string{"blocked", "blacklist", "blocklist", "not verified", "rate limit", "sending quota", "sending limit", "relay access denied", "relaying denied"}
}

// enhancedOf finds the RFC 3463 code at the beginning of a reply's text
// (RFC 2034, 4), or gives "".
func enhancedOf(text string) string {
	return enhanced.FindString(text)
}

var enhanced = lazyregexp.New(`^[245]\.\d{1,3}\.\d{1,3}\b`)
