//! Tables keyed by values: values are numbered from 0 on, so that a vector is a table.
//!
//! Cargo builds proc macros unoptimised, and there a hash costs more than all that a pass does with what it finds.
//! For the same reason, tables grow by whole zeroed vectors and not element by element.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "the signatures of the standard collections")]

use std::marker::PhantomData;

use super::Value;

/// A map from values; iterates in the order of insertion.
#[derive(Clone, Debug)]
pub(crate) struct ValueMap<T> {
    /// The number of a value's entry, counted from 1; 0 where there is none.
    index: Vec<u32>,
    entries: Vec<(Value, T)>,
}

impl<T> Default for ValueMap<T> {
    fn default() -> ValueMap<T> {
        ValueMap { index: Vec::new(), entries: Vec::new() }
    }
}

impl<T> ValueMap<T> {
    pub(crate) fn get(&self, value: &Value) -> Option<&T> {
        match self.index.get(value.0 as usize) {
            None | Some(0) => None,
            Some(entry) => Some(&self.entries[*entry as usize - 1].1),
        }
    }

    pub(crate) fn contains_key(&self, value: &Value) -> bool {
        !matches!(self.index.get(value.0 as usize), None | Some(0))
    }

    pub(crate) fn insert(&mut self, value: Value, entry: T) -> Option<T> {
        match self.entry_number(value) {
            Some(known) => Some(std::mem::replace(&mut self.entries[known].1, entry)),
            None => {
                self.append(value, entry);
                None
            }
        }
    }

    pub(crate) fn remove(&mut self, value: &Value) -> Option<T> {
        let entry = self.entry_number(*value)?;
        self.index[value.0 as usize] = 0;
        if let Some((last, _)) = self.entries.last().filter(|(last, _)| last != value) {
            self.index[last.0 as usize] = position(entry + 1);
        }
        Some(self.entries.swap_remove(entry).1)
    }

    /// The entry of a value, made if there is none.
    pub(crate) fn or_default(&mut self, value: Value) -> &mut T
    where
        T: Default,
    {
        let entry = self.entry_number(value).unwrap_or_else(|| self.append(value, T::default()));
        &mut self.entries[entry].1
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Forgets all but the first entries.
    pub(crate) fn truncate(&mut self, len: usize) {
        for (value, _) in self.entries.drain(len..) {
            self.index[value.0 as usize] = 0;
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Value, &T)> {
        self.entries.iter().map(|(value, entry)| (*value, entry))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = Value> + '_ {
        self.entries.iter().map(|(value, _)| *value)
    }

    fn entry_number(&self, value: Value) -> Option<usize> {
        match self.index.get(value.0 as usize) {
            None | Some(0) => None,
            Some(entry) => Some(*entry as usize - 1),
        }
    }

    fn append(&mut self, value: Value, entry: T) -> usize {
        grow(&mut self.index, value.0 as usize);
        self.entries.push((value, entry));
        self.index[value.0 as usize] = position(self.entries.len());
        self.entries.len() - 1
    }
}

impl ValueMap<Value> {
    /// What a value is replaced by: itself, if there is nothing else.
    pub(crate) fn resolve(&self, value: Value) -> Value {
        self.get(&value).copied().unwrap_or(value)
    }
}

impl<T> std::ops::Index<&Value> for ValueMap<T> {
    type Output = T;
    fn index(&self, value: &Value) -> &T {
        self.get(value).expect("an entry")
    }
}

impl<T> IntoIterator for ValueMap<T> {
    type Item = (Value, T);
    type IntoIter = std::vec::IntoIter<(Value, T)>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<T> Extend<(Value, T)> for ValueMap<T> {
    fn extend<I: IntoIterator<Item = (Value, T)>>(&mut self, entries: I) {
        for (value, entry) in entries {
            self.insert(value, entry);
        }
    }
}

impl<T> FromIterator<(Value, T)> for ValueMap<T> {
    fn from_iter<I: IntoIterator<Item = (Value, T)>>(entries: I) -> ValueMap<T> {
        let mut map = ValueMap::default();
        map.extend(entries);
        map
    }
}

fn position(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than 2^32 values")
}

/// Makes room for this index.
fn grow<W: Copy + Default>(words: &mut Vec<W>, index: usize) {
    if index >= words.len() {
        let least = 256 / size_of::<W>();
        let mut grown = vec![W::default(); (index + 1).next_power_of_two().max(least)];
        grown[..words.len()].copy_from_slice(words);
        *words = grown;
    }
}

/// What is numbered from 0 on.
pub(crate) trait Numbered: Copy {
    fn number(self) -> u32;
    fn of_number(number: u32) -> Self;
}

impl Numbered for Value {
    fn number(self) -> u32 {
        self.0
    }

    fn of_number(number: u32) -> Value {
        Value(number)
    }
}

impl Numbered for usize {
    fn number(self) -> u32 {
        u32::try_from(self).expect("a small number")
    }

    fn of_number(number: u32) -> usize {
        number as usize
    }
}

/// A set of values, in their order.
pub(crate) type ValueSet = DenseSet<Value>;

/// As many members as go into one number: what is done with whole sets is done word by word.
type Word = u128;

/// A set of what is numbered, in its order.
#[derive(Clone, Debug)]
pub(crate) struct DenseSet<K> {
    words: Vec<Word>,
    keys: PhantomData<K>,
}

impl<K> Default for DenseSet<K> {
    fn default() -> DenseSet<K> {
        DenseSet { words: Vec::new(), keys: PhantomData }
    }
}

impl<K: Numbered> DenseSet<K> {
    pub(crate) fn contains(&self, key: &K) -> bool {
        let (word, bit) = place(*key);
        match self.words.get(word) {
            Some(found) => found & bit != 0,
            None => false,
        }
    }

    /// Whether the key is new.
    pub(crate) fn insert(&mut self, key: K) -> bool {
        let (word, bit) = place(key);
        grow(&mut self.words, word);
        let found = &mut self.words[word];
        let is_new = *found & bit == 0;
        *found |= bit;
        is_new
    }

    pub(crate) fn remove(&mut self, key: &K) -> bool {
        let (word, bit) = place(*key);
        let was_there = self.contains(key);
        if was_there {
            self.words[word] &= !bit;
        }
        was_there
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = K> + '_ {
        Members { words: &self.words, at: 0, word: self.words.first().copied().unwrap_or(0), keys: PhantomData }
    }

    /// Adds all of another set.
    pub(crate) fn unite(&mut self, other: &DenseSet<K>) {
        if let Some(last) = other.words.len().checked_sub(1) {
            grow(&mut self.words, last);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    pub(crate) fn len(&self) -> usize {
        let mut len = 0;
        for word in &self.words {
            len += word.count_ones() as usize;
        }
        len
    }
}

fn place<K: Numbered>(key: K) -> (usize, Word) {
    ((key.number() / Word::BITS) as usize, 1 << (key.number() % Word::BITS))
}

struct Members<'s, K> {
    words: &'s [Word],
    at: usize,
    /// What is left of the word at hand.
    word: Word,
    keys: PhantomData<K>,
}

impl<K: Numbered> Iterator for Members<'_, K> {
    type Item = K;
    fn next(&mut self) -> Option<K> {
        while self.word == 0 {
            self.at += 1;
            self.word = *self.words.get(self.at)?;
        }
        let bit = self.word.trailing_zeros();
        self.word &= self.word - 1;
        Some(K::of_number(u32::try_from(self.at).expect("a short set") * Word::BITS + bit))
    }
}

impl<K: Numbered> Extend<K> for DenseSet<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, keys: I) {
        for key in keys {
            self.insert(key);
        }
    }
}

impl<'k, K: Numbered + 'k> Extend<&'k K> for DenseSet<K> {
    fn extend<I: IntoIterator<Item = &'k K>>(&mut self, keys: I) {
        for key in keys {
            self.insert(*key);
        }
    }
}

impl<K: Numbered> FromIterator<K> for DenseSet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> DenseSet<K> {
        let mut set = DenseSet::default();
        set.extend(keys);
        set
    }
}
