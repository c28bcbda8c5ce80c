# What the next two examples run by parts: the options of one sweep, written once.  RHM_SWEEP may hold others.
sweep=${RHM_SWEEP:-"--rule bp,dfa,clapp -P 512:32768:x2 --seed 0:4 -L 3:5"}
