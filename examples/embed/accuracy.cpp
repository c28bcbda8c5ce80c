// Trains a network and prints its accuracy; words are options of 'rhm train': ./accuracy rule=bp levels=4 seed=2
#include <iostream>
#include <rhm.hpp>

int main(int words, char** word) try {
    rhm::Config config;
    rhm::set_all(config, "levels=3 train-size=200 test-size=200 width=24 batch=32 steps=200");
    for (int i = 1; i < words; ++i) rhm::set_all(config, word[i]);
    rhm::resolve(config);
    std::cout << config.rule << ": test accuracy " << rhm::train(config).test_accuracy << "\n";
} catch (const rhm::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
}
