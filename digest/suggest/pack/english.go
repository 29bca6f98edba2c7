package pack

const english = `
small: the of and to a in that is it for on with as be this are not by at or from have but they which an all there their what so if when who out no one do will about up would can has he she his her its than them then just only very into some like been were was had i we you my our

i: i i've i'm i'd i'll im ive
me: me myself
my: my
we: we we've we're we'd we'll our ours us ourselves
you: you your you're you've yourself u ur yours
being: am i'm live work teach drive run own nurse volunteer look_after care_for commute

past: was were had have i've we've been did didn't hadn't haven't wasn't weren't used got went came saw told said took gave made left lost found knew thought felt heard kept held brought bought sold
  taught drove rode ran spent sat stood stayed paid met wrote read grew began broke fell flew spoke woke won wore slept built caught chose cut put set shut quit lived worked moved tried asked became led sent
  couldn't could would hid fought learnt rang sang fed swept dug drew

notpast: indeed speed hundred breed freed exceed succeed proceed naked wicked sacred biased agreed need named so-called supposed

life: year years month months week weeks day days night nights morning evening summer winter christmas yesterday sunday monday tuesday wednesday thursday friday saturday
  work worked working job jobs shift shifts rota overtime duty career wage wages salary pension workload caseload training interview
  colleague colleagues manager managers boss supervisor staff team crew driver client clients customer customers passenger passengers patient patients pupil pupils student students apprentice officer nurse teacher union tenant landlord
  office depot station ward hospital school court prison shop factory warehouse site yard cab desk canteen route branch department clinic surgery kitchen garden allotment field farm class classroom library bus train tram boat bike car
  mother mum mam dad father son daughter wife husband child children kid kids grandson granddaughter grandmother grandfather gran nan sister brother aunt uncle neighbour neighbours neighbor neighbors friend friends baby family parents
  house flat home street village road door doctor gp appointment treatment operation school retired redundant sacked hired employed qualified joined trained started moved drove driving taught teaching served queue queued

common: after before again against because both each even every ever over once other others another same such more most many much less least first last next still also always often sometimes maybe perhaps quite really rather almost enough around away back down here there where while through under until within without between during being doing having going getting come comes coming came goes make makes making take takes taking give gives given want wants wanted know think thing things something anything nothing everything someone anyone everyone people person somebody anybody everybody like likely well good great better best long little small right wrong place part point time times day days week weeks month months year years hour hours minute minutes post blog comment comments read reading write written said says tell told talk talking find found look looks looking seem seems feel feels keep kept left leave need needs should shouldn't could would might must does done yourself myself themselves itself about those these them they their whole half own old new number since yes soon later early already ones later though whether either neither instead together case fact way ways side hand number true sure please thank thanks sorry happy help working work worked used using start started call called hear heard hope understand properly immediately post posted usual mean means bring through till past cannot didn't doesn't isn't wasn't wouldn't there's that's

view: think thought agree agreed hope hoped guess suppose supposed believe believed wonder wondered bet doubt mean understand see wish assume reckon imagine know love prefer expect suspect feel

because: because unless however therefore although whereas though hence consequently otherwise despite nevertheless nonetheless thus which_means that_means so_that in_other_words that_is_why that's_why this_is_why the_reason in_order_to even_if even_though as_long_as the_point_is on_the_other_hand it_follows rather_than given_that provided_that the_problem_is as_a_result due_to leads_to
  instead_of for_example for_instance in_fact the_trouble_is the_difference_is not_because

should: should shouldn't ought need_to needs_to needed_is must_be_made have_to_be what_if why_not why_can't worth_trying worth_a_try let's suggest propose proposal could_we can_we could_they why_don't how_about would_be_better better_to it_is_time it's_time they_must we_must council_must must_have_a deserves_to recommend urge call_on
has: have been 've

feel: ashamed proud afraid scared frightened terrified angry furious livid sad heartbroken gutted devastated lonely exhausted relieved grateful thankful delighted thrilled overjoyed happy unhappy miserable anxious worried upset tears tearful cried cry crying weep wept hate hated dread dreaded disgusted disappointed humiliated hopeless helpless bitter joy grief guilt guilty embarrassed
  jealous shame fear rage fury heartbreaking nervous depressed desperate appalled touched moved_me goosebumps homesick missed_him missed_her miss_him miss_her miss_it breaks_my_heart broke_my_heart lump_in_my sick_of fed_up

insult: selfish muppet prat twat bigot bigots scum loser losers tosser sheep snowflake snowflakes keyboard_warrior idiot idiots moron morons liar liars troll trolls clown clowns stupid clueless pathetic ignorant rubbish nonsense drivel garbage coward bully fool fools hypocrite hypocrites shut_up get_a_life grow_up get_over_yourself get_over_it you_people your_sort people_like_you your_type laughable ridiculous delusional troll embarrassing_yourself talking_out how_dare talking_through don't_make_me_laugh give_it_a_rest get_lost

event: meeting meetings consultation closing closes closed closure strike vote ballot hearing inquiry announcement letter email notice redundancies election deadline cut cuts opens opening reopens reopening starts begins launch launched hustings demonstration protest court consultation replaced cancelled cancellation shutting shuts emailed launches scrapped postponed ends ceases results petition timetable suspended auction auctioned demolished demolition taken_down pulled_down put_back brought_forward new_date votes decides decision agenda public_sale tender bids
soon: tomorrow tonight next_week next_month next_year next_monday next_tuesday next_wednesday next_thursday next_friday next_saturday next_sunday from_monday from_tuesday from_wednesday from_thursday from_friday from_january from_february from_march from_april from_may from_june from_july from_august from_september from_october from_november from_december from_saturday from_sunday by_monday by_tuesday by_wednesday by_thursday by_friday by_saturday by_sunday until_monday until_friday
  on_monday on_tuesday on_wednesday on_thursday on_friday on_saturday on_sunday this_week this_morning this_afternoon this_evening today as_of from_next starting from_the until by_the_end in_a_fortnight with_immediate_effect in_january in_february in_march in_april in_june in_july in_august in_september in_october in_november in_december
told: has_been_announced have_announced has_announced been_told was_told were_told just_heard just_been announced confirmed heard_today heard_that got_a_letter had_a_letter had_an_email got_an_email letter_came breaking hear_that told_me told_us tells_me tells_us rang_me has_said have_said says_that it_is_official
will: are_being will_be is_being have_just has_just understand_that is_to_close are_to_be due_to is_on takes_place

number: two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions billion dozen dozens half quarter percent

source: http https www according_to website report reports survey study studies statistics figures_from figures_show figures_published minutes_of page_number foi freedom_of_information published research guardian telegraph bbc times_reported white_paper hansard annual_accounts census quoted_in article article_in see_page paragraph_number official_figures

anyone: anyone anybody

opener: yes no yeah yep nope exactly agreed agree absolutely indeed true correct quite same thanks thank_you well_said well_put hear_hear good_point great_point i_agree i_disagree totally spot_on you're_right you_are_right not_true same_here me_too lol haha ha wow sorry oh ok okay anon anonymous as_you_say so_you what_you why_do_you what_do_you do_you are_you wrong rubbish nonsense really seriously this_exactly
differs: not_how_it disagree i_disagree not_true isn't_true i_don't_agree i_do_not_agree don't_agree on_the_contrary beg_to_differ in_defence_of in_fairness to_be_fair devil's_advocate the_other_side not_the_case unfair wrong_about i'm_not_sure i_am_not_sure not_everyone not_everybody has_it_wrong quite_the_opposite the_opposite_is contrary_to another_view other_way_round not_convinced actually_disagree my_experience_is_different
pronoun: this that it they he she these those it's that's he's she's they're him her them
day: monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december english british god i i'm i've i'd i'll christmas easter anonymous anon mr mrs mondays tuesdays wednesdays thursdays fridays saturdays sundays
not: not never no nobody nothing none nor don't doesn't didn't won't can't cannot couldn't wouldn't isn't wasn't aren't weren't without neither hardly
role: officer manager supervisor nurse doctor teacher driver controller clerk councillor headteacher head secretary treasurer steward chair warden caretaker receptionist consultant midwife lecturer apprentice trainee probationer foreman inspector librarian social_worker
accuse: stole steal stolen theft fraud lied lying lies liar cheated bribe bribed corrupt corruption bullied bullying assaulted abused harassed drunk racist criminal fiddled falsified embezzled blackmail sleeping_with perjury thief pocketed
`
