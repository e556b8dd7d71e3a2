"""The tables of `test_actions.py`: each letter is the reason of a no, each x a yes."""

from forum.policy import actions, holding, reading_log, regrouping, reviewing

REASONS = {
    "s": "Sign in to do this.",
    "w": "A moderator still has to let you in.",
    "m": "Only a moderator of this space can do this.",
    "P": "Only a moderator of this space can pin notes to its page.",
    "L": "Only the members of this space can read its log.",
    "i": "Only an administrator of the network can do this.",
    "T": "Only an editor of the network can do this.",
    "b": "You do not belong to this space.",
    "c": "A moderator has closed this thread.",
    "g": "The opening post is hidden or was taken back. You can no longer reply.",
    "R": "The opening post is hidden or was taken back. You can no longer respond.",
    "B": "Only the moderators of this space, and whom they ask, can write this.",
    "D": "This is your own story.",
    "a": "Only its author can change a post.",
    "d": "Only its author can take a post back.",
    "p": "Only its author can put a post back.",
    "h": "This post is hidden.",
    "t": "You took this post back.",
    "n": "This post was not taken back.",
    "f": "This post is already hidden or taken back.",
    "u": "This post is not hidden.",
    "r": "This version is being reviewed.",
    "A": "The authors of its excerpts are being asked for permission: its text stays as it is.",
    "H": "Somebody else has this draft in hand.",
    "C": "Only the person who has this draft in hand can name a deputy.",
    "F": "You can take this over from 4 March 2026.",
    "I": "This is not a draft that somebody works on now.",
    "W": "Only members of the network can say that there is a lesson in a thread.",
    "Z": "The opening post is hidden or was taken back. You can no longer say this of it.",
    "v": "There is no draft to work on.",
    "q": "This lesson is not waiting for a review.",
    "o": "You made this lesson yourself: somebody else has to publish it.",
    "O": "You asked for this review yourself: somebody else has to publish it.",
    "Q": "This lesson quotes you: somebody else has to check it.",
    "N": "Somebody else is asked by name to check this lesson.",
    "k": "Only a moderator, or somebody who is asked by name, can publish a lesson.",
    "e": "A lesson for everybody is published by an editor of the network.",
    "G": "The opening post is hidden or was taken back. You can no longer change this.",
    "V": "The opening post is hidden or was taken back.",
    "j": "Only the author of this thread or a moderator of this space can change this.",
    "l": "Only the author of this thread can move it.",
    "z": "Others took part here for the people of this space, so the thread stays here.",
    "y": "A lesson that leaves its space is published by somebody from another city.",
    "E": "An editor made this lesson: it is published by somebody with a function in another city.",
    "Y": "Your function in another city has to be confirmed before you can publish this lesson.",
}
ANSWERS = "x" + "".join(REASONS)

MODERATE = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
here                                  m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
away                                  m   m   m   m   m   m   m   m   m   m   m   m   m   m   x   m   m   m   m   m   m
unlisted                              m   m   m   m   m   m   m   m   m   m   m   m   m   m   m   m   m   m   m   m   m
"""
PIN_NOTES = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
here                                  P   P   P   P   P   P   x   x   P   P   P   P   P   P   P   P   P   P   P   P   P
away                                  P   P   P   P   P   P   P   P   P   P   P   P   P   P   x   P   P   P   P   P   P
unlisted                              P   P   P   P   P   P   P   P   P   P   P   P   P   P   P   P   P   P   P   P   P
"""
READ_LOG = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
here                                  L   L   L   L   x   x   x   x   L   L   L   L   L   L   L   L   L   L   L   L   L
away                                  L   L   L   L   L   L   L   L   L   L   L   L   L   x   x   L   L   L   L   L   L
unlisted                              L   L   L   L   L   L   L   L   L   L   L   L   L   L   L   L   L   L   L   L   L
"""
ADMINISTER = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
network                               i   i   i   i   i   i   i   i   i   i   i   i   i   i   i   i   i   i   x   i   i
"""
EDIT_TAGS = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
network                               T   T   T   T   T   T   T   T   T   T   T   T   T   T   T   T   T   x   T   T   T
"""
START = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
here                                  s   s   w   x   x   x   x   x   b   b   s   s   b   b   b   b   s   b   b   b   s
away                                  s   s   w   b   b   b   b   b   b   b   s   s   x   x   x   b   s   b   b   b   s
unlisted                              s   s   w   b   b   b   b   b   b   b   s   s   b   b   b   b   s   b   b   b   s
"""
REPLY = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                                  s   s   w   x   x   x   x   x   x   x   s   s   x   x   x   x   s   x   x   x   s
locked                                s   s   w   c   c   c   c   c   c   c   s   s   c   c   c   c   s   c   c   c   s
hidden                                s   s   w   g   g   g   g   g   g   g   s   s   g   g   g   g   s   g   g   g   s
withdrawn                             s   s   w   g   g   g   g   g   g   g   s   s   g   g   g   g   s   g   g   g   s
locked and hidden                     s   s   w   c   c   c   c   c   c   c   s   s   c   c   c   c   s   c   c   c   s
"""
RESPOND = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                                  s   s   w   x   x   D   x   x   x   x   s   s   x   x   x   x   s   x   x   x   s
locked                                s   s   w   c   c   c   c   c   c   c   s   s   c   c   c   c   s   c   c   c   s
hidden                                s   s   w   R   R   R   R   R   R   R   s   s   R   R   R   R   s   R   R   R   s
withdrawn                             s   s   w   R   R   R   R   R   R   R   s   s   R   R   R   R   s   R   R   R   s
opening taken back                    s   s   w   R   R   D   R   R   R   R   s   s   R   R   R   R   s   R   R   R   s
"""
NOMINATE = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                                  s   s   w   W   x   x   x   x   W   W   s   s   W   x   x   W   s   x   x   W   s
locked                                s   s   w   c   c   c   c   c   c   c   s   s   c   c   c   c   s   c   c   c   s
hidden                                s   s   w   Z   Z   Z   Z   Z   Z   Z   s   s   Z   Z   Z   Z   s   Z   Z   Z   s
withdrawn                             s   s   w   Z   Z   Z   Z   Z   Z   Z   s   s   Z   Z   Z   Z   s   Z   Z   Z   s
opening taken back                    s   s   w   W   Z   Z   Z   Z   W   W   s   s   W   Z   Z   W   s   Z   Z   W   s
"""
SUMMARISE = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                                  s   s   w   B   B   B   x   x   B   B   s   s   B   B   B   B   s   B   B   B   s
open, asked                           s   s   w   x   x   x   x   x   x   x   s   s   x   x   x   x   s   x   x   x   s
locked                                s   s   w   B   B   B   x   x   B   B   s   s   B   B   B   B   s   B   B   B   s
locked, asked                         s   s   w   c   c   c   x   x   c   c   s   s   c   c   c   c   s   c   c   c   s
hidden, asked                         s   s   w   G   G   G   G   G   G   G   s   s   G   G   G   G   s   G   G   G   s
withdrawn                             s   s   w   G   G   G   G   G   G   G   s   s   G   G   G   G   s   G   G   G   s
opening taken back, asked             s   s   w   x   x   x   x   x   x   x   s   s   x   x   x   x   s   x   x   x   s
away                                  s   s   w   B   B   B   B   B   B   B   s   s   B   B   x   B   s   B   B   B   s
"""
EDIT = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
standing                              a   a   a   a   a   x   a   a   a   a   a   a   a   a   a   a   a   a   a   a   a
hidden                                a   a   a   a   a   h   a   a   a   a   a   a   a   a   a   a   a   a   a   a   a
deleted                               a   a   a   a   a   t   a   a   a   a   a   a   a   a   a   a   a   a   a   a   a
hidden and deleted                    a   a   a   a   a   h   a   a   a   a   a   a   a   a   a   a   a   a   a   a   a
standing, locked                      a   a   a   a   a   c   a   a   a   a   a   a   a   a   a   a   a   a   a   a   a
deleted, locked                       a   a   a   a   a   t   a   a   a   a   a   a   a   a   a   a   a   a   a   a   a
"""
DELETE = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
standing                              d   d   d   d   d   x   d   d   d   d   d   d   d   d   d   d   d   d   d   d   d
hidden                                d   d   d   d   d   x   d   d   d   d   d   d   d   d   d   d   d   d   d   d   d
deleted                               d   d   d   d   d   t   d   d   d   d   d   d   d   d   d   d   d   d   d   d   d
hidden and deleted                    d   d   d   d   d   t   d   d   d   d   d   d   d   d   d   d   d   d   d   d   d
"""
PUT_BACK = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
standing                              p   p   p   p   p   n   p   p   p   p   p   p   p   p   p   p   p   p   p   p   p
hidden                                p   p   p   p   p   h   p   p   p   p   p   p   p   p   p   p   p   p   p   p   p
deleted                               p   p   p   p   p   x   p   p   p   p   p   p   p   p   p   p   p   p   p   p   p
hidden and deleted                    p   p   p   p   p   h   p   p   p   p   p   p   p   p   p   p   p   p   p   p   p
"""
HIDE = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
standing                              m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
hidden                                m   m   m   m   m   m   f   f   m   m   m   m   m   m   m   m   m   m   m   m   m
deleted                               m   m   m   m   m   m   f   f   m   m   m   m   m   m   m   m   m   m   m   m   m
hidden and deleted                    m   m   m   m   m   m   f   f   m   m   m   m   m   m   m   m   m   m   m   m   m
standing, away                        m   m   m   m   m   m   m   m   m   m   m   m   m   m   x   m   m   m   m   m   m
hidden, away                          m   m   m   m   m   m   m   m   m   m   m   m   m   m   f   m   m   m   m   m   m
"""
RESTORE = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
standing                              m   m   m   m   m   m   u   u   m   m   m   m   m   m   m   m   m   m   m   m   m
hidden                                m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
deleted                               m   m   m   m   m   m   u   u   m   m   m   m   m   m   m   m   m   m   m   m   m
hidden and deleted                    m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
standing, away                        m   m   m   m   m   m   m   m   m   m   m   m   m   m   u   m   m   m   m   m   m
hidden, away                          m   m   m   m   m   m   m   m   m   m   m   m   m   m   x   m   m   m   m   m   m
"""
HIDE_REVISION = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
standing                              m   m   m   m   m   x   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
hidden                                m   m   m   m   m   x   f   f   m   m   m   m   m   m   m   m   m   m   m   m   m
deleted                               m   m   m   m   m   x   f   f   m   m   m   m   m   m   m   m   m   m   m   m   m
hidden and deleted                    m   m   m   m   m   x   f   f   m   m   m   m   m   m   m   m   m   m   m   m   m
standing, away                        m   m   m   m   m   x   m   m   m   m   m   m   m   m   x   m   m   m   m   m   m
hidden, away                          m   m   m   m   m   x   m   m   m   m   m   m   m   m   f   m   m   m   m   m   m
"""
CLASSIFY = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                                  j   j   j   j   j   x   x   x   j   j   j   j   j   j   j   j   j   j   j   j   j
locked                                j   j   j   j   j   c   x   x   j   j   j   j   j   j   j   j   j   j   j   j   j
hidden                                j   j   j   j   j   G   x   x   j   j   j   j   j   j   j   j   j   j   j   j   j
withdrawn                             j   j   j   j   j   G   x   x   j   j   j   j   j   j   j   j   j   j   j   j   j
opening taken back                    j   j   j   j   j   G   G   G   j   j   j   j   j   j   j   j   j   j   j   j   j
by a newcomer                         j   j   w   j   j   j   x   x   j   j   j   j   j   j   j   j   j   j   j   j   j
away                                  j   j   j   j   j   x   j   j   j   j   j   j   j   j   x   j   j   j   j   j   j
"""
MOVE = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                                  l   l   l   l   l   x   l   l   l   l   l   l   l   l   l   l   l   l   l   l   l
locked                                l   l   l   l   l   c   l   l   l   l   l   l   l   l   l   l   l   l   l   l   l
hidden                                l   l   l   l   l   G   l   l   l   l   l   l   l   l   l   l   l   l   l   l   l
withdrawn                             l   l   l   l   l   G   l   l   l   l   l   l   l   l   l   l   l   l   l   l   l
others wrote                          l   l   l   l   l   z   l   l   l   l   l   l   l   l   l   l   l   l   l   l   l
by a newcomer                         l   l   w   l   l   l   l   l   l   l   l   l   l   l   l   l   l   l   l   l   l
away                                  l   l   l   l   l   x   l   l   l   l   l   l   l   l   l   l   l   l   l   l   l
"""
MOVE_ON = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                                  m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
locked                                m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
hidden                                m   m   m   m   m   m   G   G   m   m   m   m   m   m   m   m   m   m   m   m   m
withdrawn                             m   m   m   m   m   m   G   G   m   m   m   m   m   m   m   m   m   m   m   m   m
by a newcomer                         m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
away                                  m   m   m   m   m   m   m   m   m   m   m   m   m   m   x   m   m   m   m   m   m
"""
ARCHIVE = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                                  m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
locked                                m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
hidden                                m   m   m   m   m   m   V   V   m   m   m   m   m   m   m   m   m   m   m   m   m
withdrawn                             m   m   m   m   m   m   V   V   m   m   m   m   m   m   m   m   m   m   m   m   m
by a newcomer                         m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
away                                  m   m   m   m   m   m   m   m   m   m   m   m   m   m   x   m   m   m   m   m   m
"""
EDIT_DRAFT = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
draft                                 m   m   m   m   m   m   H   x   m   m   m   m   m   m   m   m   m   m   m   m   m
draft, mod a deputy                   m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
its authors are asked                 m   m   m   m   m   m   H   A   m   m   m   m   m   m   m   m   m   m   m   m   m
in review                             m   m   m   m   m   m   H   r   m   m   m   m   m   m   m   m   m   m   m   m   m
published                             m   m   m   m   m   m   H   v   m   m   m   m   m   m   m   m   m   m   m   m   m
draft, away                           m   m   m   m   m   m   m   m   m   m   m   m   m   m   H   m   m   m   m   m   m
"""
NAME_DEPUTY = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
draft                                 m   m   m   m   m   m   C   x   m   m   m   m   m   m   m   m   m   m   m   m   m
draft, mod a deputy                   m   m   m   m   m   m   C   x   m   m   m   m   m   m   m   m   m   m   m   m   m
its authors are asked                 m   m   m   m   m   m   C   x   m   m   m   m   m   m   m   m   m   m   m   m   m
in review                             m   m   m   m   m   m   C   x   m   m   m   m   m   m   m   m   m   m   m   m   m
published                             m   m   m   m   m   m   C   v   m   m   m   m   m   m   m   m   m   m   m   m   m
draft, away                           m   m   m   m   m   m   m   m   m   m   m   m   m   m   C   m   m   m   m   m   m
"""
TAKE_UP = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
held until today                      m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
held for longer                       m   m   m   m   m   m   F   F   m   m   m   m   m   m   m   m   m   m   m   m   m
held for longer, left                 m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
its authors are asked                 m   m   m   m   m   m   I   I   m   m   m   m   m   m   m   m   m   m   m   m   m
in review                             m   m   m   m   m   m   I   I   m   m   m   m   m   m   m   m   m   m   m   m   m
away                                  m   m   m   m   m   m   m   m   m   m   m   m   m   m   x   m   m   m   m   m   m
"""
REVIEW = """
                                     vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
space, of another city                s   s   w   m   m   m   x   o   m   m   s   s   m   m   m   m   s   m   m   m   s
space, of its city                    s   s   w   m   m   m   x   o   m   m   s   s   m   m   m   m   s   m   m   m   s
space, of both                        s   s   w   m   m   m   x   o   m   m   s   s   m   m   m   m   s   m   m   m   s
space, of none                        s   s   w   m   m   m   x   o   m   m   s   s   m   m   m   m   s   m   m   m   s
space, of another, an editor's        s   s   w   m   m   m   x   o   m   m   s   s   m   m   m   m   s   m   m   m   s
space, of none, an editor's           s   s   w   m   m   m   x   o   m   m   s   s   m   m   m   m   s   m   m   m   s
space, of another, asked by name      s   s   w   m   x   x   x   o   m   m   s   s   m   m   m   m   s   m   m   m   s
space, of none, asked by name         s   s   w   m   x   x   x   o   m   m   s   s   m   m   m   m   s   m   m   m   s
space, asked of another                s   s   w   m   m   m   N   o   m   m   s   s   m   m   m   m   s   m   m   m   s
space, cited                          s   s   w   Q   Q   Q   Q   o   Q   Q   s   s   Q   Q   Q   Q   s   Q   Q   Q   s
space, made it before                 s   s   w   o   o   o   o   o   o   o   s   s   o   o   o   o   s   o   o   o   s
space, submitted it                   s   s   w   O   O   O   O   o   O   O   s   s   O   O   O   O   s   O   O   O   s
network, of another city              s   s   w   k   k   k   x   o   k   k   s   s   k   k   x   k   s   x   x   k   s
network, of its city                  s   s   w   k   k   k   y   o   k   k   s   s   k   k   y   k   s   x   y   k   s
network, of both                      s   s   w   k   k   k   y   o   k   k   s   s   k   k   y   k   s   x   y   k   s
network, of none                      s   s   w   k   k   k   Y   o   k   k   s   s   k   k   Y   k   s   x   Y   k   s
network, of another, an editor's      s   s   w   k   k   k   x   o   k   k   s   s   k   k   x   k   s   x   x   k   s
network, of none, an editor's         s   s   w   k   k   k   Y   o   k   k   s   s   k   k   Y   k   s   E   Y   k   s
network, of another, asked by name    s   s   w   k   x   x   x   o   k   k   s   s   k   x   x   k   s   x   x   k   s
network, of none, asked by name       s   s   w   k   Y   Y   Y   o   k   k   s   s   k   Y   Y   k   s   x   Y   k   s
network, asked of another              s   s   w   k   k   k   N   o   k   k   s   s   k   k   N   k   s   N   N   k   s
network, cited                        s   s   w   Q   Q   Q   Q   o   Q   Q   s   s   Q   Q   Q   Q   s   Q   Q   Q   s
network, made it before               s   s   w   o   o   o   o   o   o   o   s   s   o   o   o   o   s   o   o   o   s
network, submitted it                 s   s   w   O   O   O   O   o   O   O   s   s   O   O   O   O   s   O   O   O   s
public, of another city               s   s   w   k   k   k   e   o   k   k   s   s   k   k   e   k   s   x   e   k   s
public, of its city                   s   s   w   k   k   k   e   o   k   k   s   s   k   k   e   k   s   x   e   k   s
public, of both                       s   s   w   k   k   k   e   o   k   k   s   s   k   k   e   k   s   x   e   k   s
public, of none                       s   s   w   k   k   k   e   o   k   k   s   s   k   k   e   k   s   x   e   k   s
public, of another, an editor's       s   s   w   k   k   k   e   o   k   k   s   s   k   k   e   k   s   x   e   k   s
public, of none, an editor's          s   s   w   k   k   k   e   o   k   k   s   s   k   k   e   k   s   E   e   k   s
public, of another, asked by name     s   s   w   k   e   e   e   o   k   k   s   s   k   e   e   k   s   x   e   k   s
public, of none, asked by name        s   s   w   k   e   e   e   o   k   k   s   s   k   e   e   k   s   x   e   k   s
public, asked of another               s   s   w   k   k   k   e   o   k   k   s   s   k   k   e   k   s   N   e   k   s
public, cited                         s   s   w   Q   Q   Q   Q   o   Q   Q   s   s   Q   Q   Q   Q   s   Q   Q   Q   s
public, made it before                s   s   w   o   o   o   o   o   o   o   s   s   o   o   o   o   s   o   o   o   s
public, submitted it                  s   s   w   O   O   O   O   o   O   O   s   s   O   O   O   O   s   O   O   O   s
draft                                 s   s   w   q   q   q   q   q   q   q   s   s   q   q   q   q   s   q   q   q   s
published                             s   s   w   q   q   q   q   q   q   q   s   s   q   q   q   q   s   q   q   q   s
"""
TABLES = {
    actions.may_moderate: MODERATE,
    actions.may_pin_notes: PIN_NOTES,
    reading_log.may_read_log: READ_LOG,
    actions.may_administer: ADMINISTER,
    actions.may_edit_network: EDIT_TAGS,
    actions.may_start: START,
    actions.may_reply: REPLY,
    actions.may_respond: RESPOND,
    actions.may_summarise: SUMMARISE,
    actions.may_edit: EDIT,
    actions.may_delete: DELETE,
    actions.may_put_back: PUT_BACK,
    actions.may_hide: HIDE,
    actions.may_restore: RESTORE,
    actions.may_hide_revision: HIDE_REVISION,
    actions.may_classify: CLASSIFY,
    actions.may_move: MOVE,
    regrouping.may_archive: ARCHIVE,
    regrouping.may_regroup: MOVE_ON,
    actions.may_curate: MODERATE,  # a moderator of the thread's space
    actions.may_nominate: NOMINATE,
    holding.may_edit_draft: EDIT_DRAFT,
    holding.may_name_deputy: NAME_DEPUTY,
    holding.may_take_up: TAKE_UP,
    reviewing.may_review: REVIEW,
}
