// Package schedule tells when a series' next issue is due: cron expressions read
// on the clock on the wall of a named zone. It is pure: it reads no clock and
// starts nothing. Whoever waits for the moment, and sees to it that it is used
// once, is elsewhere.
//
// An expression has five fields (minute, hour, day of the month, month, day of
// the week) or is one of @hourly, @daily, @weekly, @monthly and @yearly. Days of
// the month and of the week given together mean either, as cron has it.
//
// When clocks change, every time on the wall that an expression names happens
// once:
//
//   - A time that is skipped happens at once after the change. Several that are
//     skipped together happen together.
//   - A time that comes twice happens the first time.
//
// So "30 2 * * *" is never lost and never doubled; an hourly schedule pauses
// through the second of two equal hours.
package schedule
