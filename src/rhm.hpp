// The library: what a program needs that trains networks itself, measures them, or brings a rule of its own.
// examples/embed/ has such programs. `make librhm.a`, or `make install` and then
//
//   c++ program.cpp $(pkg-config --cflags --libs rhm)
//
// Config is what a run is. set_all(config, "rule=dfa levels=3 train-size=400") takes the names and the values
// of the options of 'rhm train', checks them and knows that they were given, so that no rule's own default
// replaces them. resolve(config) fills in the rest and is done once, before anything else:
//
//   Result r = train(config);                 // the whole run, as 'rhm train' does it
//   Trainer t(config); t.step();              // or step by step, with the network, the data, the gradient
//   Grammar g = grammar_of(config); Dataset d = draw(g, sizes_of(config), Split::train, config.seed);
//   forward(t.net, d.leaves, d.size(), record);
//
// Shapes. Strings are bytes, one a leaf, [N, d] with d = s^L; labels [N]. A layer's code is [N * Q, H], the
// logits [N, C], weights [K, H], input first (net/network.hpp says more). A matrix is row-major; a View may
// have a stride. Networks are made of float; what is reported is double. A gradient is that of the mean over
// the batch: Pass::error is already divided by N.
//
// Units. Losses are nats, the mean of a batch; accuracies are fractions, 0 to 1, NaN where there is none;
// times are seconds; steps are updates, of `batch` data each.
//
// Errors. What cannot be done is thrown as Error, a sentence that names cause and cure; its `code` is the
// exit code that the program would have ended with. A run that diverges is no error: Result::status says so.
//
// Nothing here prints, ends the process or catches a signal. Nothing is kept between two calls but the list
// of rules, to which a file adds its own before main() (Listed), the kernels that select_kernels() chose, and
// digests and files that were read. Runs in several threads do not disturb each other. One run uses one
// thread, or those of a Team that the calling thread has made; the numbers do not depend on it. Same
// configuration, same numbers as the program's, to the bit. (train(), its hooks and Trainer::step() take
// denormal numbers as 0; so does all else while a NoDenormals lives, matrix/denormals.hpp.)
#pragma once

#include "base/error.hpp"       // Error, concat
#include "base/rng.hpp"         // random numbers as a function of (seed, purpose, index)
#include "base/version.hpp"     // kVersion, kResults
#include "data/dataset.hpp"     // Grammar, Dataset, draw
#include "data/theory.hpp"      // how many data theory asks for
#include "io/network_file.hpp"  // a trained network as an NPY file
#include "io/record.hpp"        // a run as JSON Lines
#include "matrix/kernels.hpp"   // products, select_kernels
#include "matrix/team.hpp"      // threads that share the loops of one run
#include "net/loss.hpp"         // cross-entropy
#include "net/network.hpp"      // Network, forward, accumulate
#include "rules/rule.hpp"       // Rule, Listed: the contract of a learning rule
#include "train/measure.hpp"    // sensitivity, probes, alignment, health
#include "train/options.hpp"    // set_all, the table of options
#include "train/trainer.hpp"    // Config, Trainer, train
