/**
 * The proof that nothing one organization holds can be told from what another one is answered: the
 * same commands, twice, with only the others' data changed, and every reply compared.
 */
@NullMarked
package io.bailiwick.proxy.noninterference;

import org.jspecify.annotations.NullMarked;
